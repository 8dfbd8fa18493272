% dosegate_check on structures of matRad's shape. usage: octave-cli check_test.m MANIFEST FOLDER-FOR-REPORTS
1;

function holds(condition, what)
  if ~condition
    error('FAILED: %s', what);
  end
end

function refused(part, varargin)
  try
    dosegate_check(varargin{:});
  catch wrong
    holds(strcmp(wrong.identifier, 'dosegate:check'), sprintf('identifier %s: %s', wrong.identifier, wrong.message));
    holds(~isempty(strfind(wrong.message, part)), sprintf('"%s" does not say "%s"', wrong.message, part));
    return
  end
  error('FAILED: taken without an error where it should say "%s"', part);
end

function f = finding(report, rule)
  for n = 1:numel(report.findings)
    f = report.findings(n);
    if iscell(f)
      f = f{1};
    end
    if strcmp(f.ruleId, rule)
      return
    end
  end
  error('FAILED: no finding of %s', rule);
end

manifest = argv(){1};
folder = argv(){2};
prescribed = {'manifest', manifest, 'prescription', struct('PTV', 45)};

% What fails and what does not.
[ct, cst, pln, result] = matrad_case(42);
report = dosegate_check(ct, cst, pln, result, prescribed{:});
holds(strcmp(report.verdict, 'FAIL'), report.verdict);
f = finding(report, 'OR-6.Max');
holds(strcmp(f.status, 'DEVIATION') && abs(f.value - 42) < 1e-4, 'the cord of 42 Gy');
file = fopen(fullfile(folder, 'failing.json'), 'w');
fwrite(file, report.json);
fclose(file);

% An outline along the edges of voxels holds exactly those: 8 x 8 x 12 of 0.125 cc, less a hole of 12.
volumes = report.structures;
found = false;
for n = 1:numel(volumes)
  s = volumes(n);
  if iscell(s)
    s = s{1};
  end
  if isfield(s, 'roi') && strcmp(s.roi, 'PTV')
    holds(abs(s.volumeCc - (8 * 8 - 1) * 12 * 0.125) < 1e-6, sprintf('PTV of %.9g cc', s.volumeCc));
    found = true;
  end
end
holds(found, 'no PTV among the structures');

% Not whole: nothing passes.
report = dosegate_check(ct, cst(2, :), pln, result, prescribed{:});
holds(~strcmp(report.verdict, 'PASS'), 'a case without a cord passes');
holds(strcmp(finding(report, 'OR-6.Max').status, 'NOT_EVALUABLE'), 'the cord is evaluated without a cord');

% Another protocol, as JSON, that the plan meets.
small = fileread(fullfile(fileparts(manifest), 'schemas', 'examples', 'protocol.small.json'));
[ct, cst, pln, result] = matrad_case(30);
report = dosegate_check(ct, cst, pln, result, prescribed{:}, 'protocol', small);
holds(strcmp(report.verdict, 'PASS'), report.verdict);

% Single precision, and a CT that states no places.
result.physicalDose = single(result.physicalDose);
ct = rmfield(ct, {'x', 'y', 'z'});
report = dosegate_check(ct, cst, pln, result, prescribed{:}, 'protocol', small);
holds(strcmp(report.verdict, 'PASS'), report.verdict);

% What is wrong becomes an error that names it, and the next call works.
refused('manifest', ct, cst, pln, result);
refused('cannot be opened', ct, cst, pln, result, 'manifest', '/nowhere/manifest.json');
refused('no option', ct, cst, pln, result, prescribed{:}, 'protokol', 'x');
refused('physicalDose', ct, cst, pln, struct('dose', 1), prescribed{:});
refused('cubeDim', ct, cst, pln, struct('physicalDose', ones(3)), prescribed{:});
bad = result;
bad.physicalDose(5, 6, 7) = NaN;
refused('values', ct, cst, pln, bad, prescribed{:});
bad.physicalDose(5, 6, 7) = -1;
refused('values', ct, cst, pln, bad, prescribed{:});
wrong = cst;
wrong{1, 4}{1}(1) = 41 * 41 * 33 + 1;
refused('outside of the cube', ct, wrong, pln, result, prescribed{:});
for fractions = {-1, 0, 15.5, NaN, Inf, [], [15 15], '15', {15}, true}
  refused('pln.numOfFractions', ct, cst, struct('numOfFractions', {fractions{1}}), result, prescribed{:});
end
% What is no list of indices is none, whatever numbers could be made of it.
for voxels = {'hello world', true(ct.cubeDim), uint8(1:200), 1.5, NaN, 0, 1 + 2i, {1}, struct(), @sin}
  wrong = cst;
  wrong{1, 4} = {voxels{1}};
  refused('cst{1, 4}', ct, wrong, pln, result, prescribed{:});
end
wrong{1, 4} = {};
refused('cst{1, 4}', ct, wrong, pln, result, prescribed{:});
wrong = cst;
wrong{1, 2} = ['SpinalCord', char(0), 'x'];
refused('cst{1, 2}', ct, wrong, pln, result, prescribed{:});
for width = {'5', NaN, -5, [], [5 5], {5}}
  other = ct;
  other.resolution = setfield(ct.resolution, 'x', width{1});
  refused('ct.resolution.x', other, cst, pln, result, prescribed{:});
end
refused('physicalDose', ct, cst, pln, struct('physicalDose', char(result.physicalDose)), prescribed{:});
refused('physicalDose', ct, cst, pln, struct('physicalDose', cat(4, result.physicalDose, result.physicalDose)), prescribed{:});
refused('ct.cubeDim', setfield(ct, 'cubeDim', 'abc'), cst, pln, result, prescribed{:});
% What is prescribed, in how many fractions, is said once.
named = {'manifest', manifest, 'prescription'};
refused('none of cst', ct, cst, pln, result, named{:}, struct('PTw', 45));
refused('prescription', ct, cst, pln, result, named{:}, struct('PTV', NaN));
refused('prescription', ct, cst, pln, result, named{:}, 45);
refused('fractions', ct, cst, pln, result, prescribed{:}, 'plan', struct('fractionGroups', {{struct('number', 1, 'fractionsPlanned', 10)}}));
refused('options', ct, cst, pln, result, prescribed{:}, 'options', '{}');
report = dosegate_check(ct, cst, pln, result, named{:}, {'PTV', 45}, 'protocol', sprintf('\n%s', small));
holds(strcmp(report.verdict, 'PASS'), report.verdict);

% Voxels are what they are: on planes apart, on a plane alone, on every other plane.
in_planes = @(planes) {cst{1, 4}{1}(ismember(ceil(cst{1, 4}{1} / (41 * 41)), planes))};
for planes = {[10 12], [8 9 11 12], [8 20], 15, 5:28}
  some = cst;
  some{1, 4} = in_planes(planes{1});
  report = dosegate_check(ct, some, pln, result, prescribed{:}, 'protocol', small);
  listed = numel(some{1, 4}{1}) * 0.125;
  cc = 0;
  for n = 1:numel(report.structures)
    s = report.structures(n);
    if iscell(s), s = s{1}; end
    if strcmp(s.roi, 'SpinalCord'), cc = s.volumeCc; end
  end
  holds(abs(cc - listed) < 1e-9 * listed, sprintf('planes %s: %.9g cc instead of %.9g', mat2str(planes{1}), cc, listed));
end
some{1, 4} = in_planes([8 10 12 14]);
refused('no two of its planes are neighbours', ct, some, pln, result, prescribed{:}, 'protocol', small);
refused('$.id', ct, cst, pln, result, prescribed{:}, 'protocol', '{"schema": "dosegate.v1.Protocol", "rules": 7}');
try
  dosegate_mex(1, 2, 3);
  error('FAILED: three arguments are taken');
catch wrong
  holds(strcmp(wrong.identifier, 'dosegate:check'), wrong.message);
end

% Outlines of any mask hold exactly its elements, by even-odd.
rand('state', 7);
for n = 1:40
  mask = rand(1 + floor(12 * rand), 1 + floor(12 * rand)) < 0.2 + 0.6 * rand;
  rings = dosegate_mex(mask);
  [r, c] = meshgrid(0:size(mask, 2) - 1, 0:size(mask, 1) - 1);
  inside = false(size(mask));
  for k = 1:numel(rings)
    inside = xor(inside, inpolygon(c, r, rings{k}(1, :), rings{k}(2, :)));
  end
  holds(isequal(inside, mask), sprintf('outlines of mask %d', n));
end

% Loaded and left 200 times.
for n = 1:200
  report = dosegate_check(ct, cst, pln, result, prescribed{:}, 'protocol', small);
  clear dosegate_mex
end
holds(strcmp(report.verdict, 'PASS'), report.verdict);
disp('octave: ok');
