% report = dosegate_check(ct, cst, pln, resultGUI, Name, Value, ...)
%
% Checks a plan of matRad against a trial's protocol while it is made. The arguments are matRad's own structures:
%
%   ct         cubeDim, resolution.x/.y/.z (mm); x, y, z (mm) of the voxels' centres where the CT has a place in the patient
%   cst        a row a structure: number, name, type ('TARGET', 'OAR', ...), {indices of its voxels}
%   pln        numOfFractions
%   resultGUI  physicalDose, of one fraction, Gy, rows (y) x columns (x) x planes (z)
%
% report is dosegate.v1.Report (schemas/report.schema.json beside the library) as a struct; report.verdict is
% 'PASS' only where every rule that counts was met. report.json is its text, byte for byte that of any other host.
%
% Names:
%   'manifest'      path of manifest.json beside dosegate.so. Needed.
%   'prescription'  Gy by structure of cst: struct('PTV', 45), or {'PTV 45', 45; 'GTV', 50}. Needed by what is a percentage of it.
%   'protocol'      id of a built-in one, or the JSON of another; the trial's where it is left out
%   'options'       struct, as CaseOptions; struct('scope', 'PLAN_ONLY') where it is left out: no clinical record
%   'record'        JSON of a ClinicalRecord
%   'plan'          struct of more of a Plan (schemas/plan.schema.json): beams, approval, ...; its fractions are pln's
%
% A structure is the voxels that cst lists and nothing else: its outline runs along their edges, a plane is as thick as they are,
% and nothing is filled in between planes. What cannot be used is an error with identifier dosegate:check; what cannot be
% evaluated is a finding.
function report = dosegate_check(ct, cst, pln, resultGUI, varargin)
  given = named(varargin);
  needs(ct, 'ct', {'cubeDim', 'resolution'});
  needs(pln, 'pln', {'numOfFractions'});
  needs(resultGUI, 'resultGUI', {'physicalDose'});
  sizes = numbers(ct.cubeDim, 'ct.cubeDim', 3);
  if any(sizes < 1) || any(sizes ~= floor(sizes))
    refuse('ct.cubeDim is %s: three whole numbers from 1 are expected, of rows, columns and planes.', mat2str(sizes));
  end
  cube = resultGUI.physicalDose;
  if ~isnumeric(cube) || ~isreal(cube)
    refuse('resultGUI.physicalDose is of class %s: real numbers are expected.', class(cube));
  end
  shape = [size(cube), 1];
  if ndims(cube) > 3 || ~isequal(shape(1:3), sizes)
    refuse('resultGUI.physicalDose is of size %s, not of that which ct.cubeDim states, %s.', mat2str(size(cube)), mat2str(sizes));
  end
  fractions = numbers(pln.numOfFractions, 'pln.numOfFractions', 1);
  if fractions < 1 || fractions ~= floor(fractions)
    refuse('pln.numOfFractions is %g: a whole number from 1 is expected.', fractions);
  end
  at = {places(ct, 'x', sizes(2)), places(ct, 'y', sizes(1)), places(ct, 'z', sizes(3))};
  if ~iscell(cst) || ndims(cst) ~= 2 || (~isempty(cst) && size(cst, 2) < 4)
    refuse('cst is no cell array with a row a structure: number, name, type, {voxels}.');
  end
  structures = struct('name', {}, 'number', {}, 'type', {}, 'contours', {}, 'thickness', {}, 'voxels', {});
  for n = 1:size(cst, 1)
    structures(n) = structure_of(cst(n, :), n, sizes, at);
  end
  documents.plan = jsonencode(plan_of(fractions, given, {structures.name}));
  documents.options = jsonencode(options_of(given.options, {structures.name}));
  documents.record = given.record;
  documents.protocol = given.protocol;
  % matRad's dose is that of one fraction, its first index the row.
  dose.values = permute(cube, [2 1 3]) * fractions;
  dose.position = [at{1}(1), at{2}(1), at{3}(1)];
  dose.spacing = [step(at{1}, 'x'), step(at{2}, 'y')];
  dose.offsets = at{3} - at{3}(1);
  [json, verdict] = dosegate_mex(given.manifest, documents, structures, dose, at{3});
  report = jsondecode(json);
  report.json = json;
  as_listed(report, structures, at);
  if verdict ~= 1 && strcmp(report.verdict, 'PASS')
    refuse('The report contradicts its verdict.');
  end
end

function refuse(varargin)
  error('dosegate:check', varargin{:});
end

function given = named(pairs)
  given = struct('manifest', '', 'prescription', struct(), 'protocol', '', ...
                 'options', struct('scope', 'PLAN_ONLY'), 'record', '', 'plan', struct());
  if mod(numel(pairs), 2) ~= 0
    refuse('A name has no value.');
  end
  for n = 1:2:numel(pairs)
    if ~ischar(pairs{n}) || ~isfield(given, pairs{n})
      refuse('There is no option of the %dth name; there are: %s.', (n + 1) / 2, strjoin(fieldnames(given)', ', '));
    end
    value = pairs{n + 1};
    if any(strcmp(pairs{n}, {'manifest', 'protocol', 'record'})) && ~(ischar(value) && size(value, 1) <= 1)
      refuse('''%s'' is of class %s: a row of text is expected.', pairs{n}, class(value));
    elseif any(strcmp(pairs{n}, {'options', 'plan'})) && ~(isstruct(value) && numel(value) == 1)
      refuse('''%s'' is of class %s: one struct is expected; its fields are those of schemas/%s.schema.json.', pairs{n}, ...
             class(value), strrep(pairs{n}, 'options', 'case_options'));
    end
    given.(pairs{n}) = value;
  end
  given.protocol = strtrim(given.protocol);
  if isempty(given.manifest)
    refuse('Give the path of manifest.json: dosegate_check(..., ''manifest'', PATH).');
  end
end

function needs(s, name, fields)
  if ~isstruct(s) || numel(s) ~= 1
    refuse('%s is no struct: one with the field %s is expected.', name, fields{1});
  end
  for n = 1:numel(fields)
    if ~isfield(s, fields{n})
      refuse('%s has no field %s.', name, fields{n});
    end
  end
end

% A structure whose planes all lie two or more apart is read as drawn on every second or third slice only, and as thick as that:
% nothing is answered on what is not as cst lists it.
function as_listed(report, structures, at)
  thick = diff(at{3});
  for n = 1:numel(report.structures)
    s = report.structures(n);
    if iscell(s)
      s = s{1};
    end
    if ~isfield(s, 'roiNumber') || ~isfield(s, 'volumeCc') || isempty(s.roiNumber) || isempty(s.volumeCc)
      continue
    end
    voxels = structures(s.roiNumber).voxels;
    cc = voxels * step(at{1}, 'x') * step(at{2}, 'y') * [min(thick), max(thick)] / 1000;
    if s.volumeCc < cc(1) - 1e-6 * cc(2) || s.volumeCc > (1 + 1e-6) * cc(2)
      refuse('cst{%d, 4}: its %d voxels hold %.4g cc, and the structure would be read as %.4g cc, because no two of its planes are neighbours: list the voxels of the planes between, too.', ...
             s.roiNumber, voxels, cc(2), s.volumeCc);
    end
  end
end

% So many finite numbers, as a row of doubles.
function row = numbers(value, name, count)
  if ~isnumeric(value) || ~isreal(value) || numel(value) ~= count
    refuse('%s is of class %s and size %s: real numbers are expected, %d of them.', name, class(value), mat2str(size(value)), count);
  end
  row = double(value(:)');
  if any(~isfinite(row))
    refuse('%s has %g: finite numbers are expected.', name, row(find(~isfinite(row), 1)));
  end
end

% The centres of the voxels along an axis, mm.
function at = places(ct, axis, count)
  name = ['ct.', axis];
  if isfield(ct, axis) && ~isempty(ct.(axis))
    at = numbers(ct.(axis), name, count);
  else
    needs(ct.resolution, 'ct.resolution', {axis});
    name = ['ct.resolution.', axis];
    width = numbers(ct.resolution.(axis), name, 1);
    at = (1:count) * width;
    if width <= 0
      refuse('%s is %g: a width in mm is expected.', name, width);
    end
  end
  if any(diff(at) <= 0)
    refuse('%s: these places of voxels do not ascend.', name);
  end
end

function width = step(at, axis)
  if numel(at) < 2
    refuse('The dose has one voxel along %s: a dose grid has two or more.', axis);
  end
  width = (at(end) - at(1)) / (numel(at) - 1);
  if any(abs(diff(at) - width) > 1e-3)
    refuse('ct.%s is not evenly spaced; a dose grid is.', axis);
  end
end

function plan = plan_of(fractions, given, names)
  plan = given.plan;
  if ~isfield(plan, 'label')
    plan.label = 'matRad';
  end
  if isfield(plan, 'fractionGroups')
    has_fractions(plan.fractionGroups, fractions);
  else
    plan.fractionGroups = {struct('number', 1, 'fractionsPlanned', fractions)};
  end
  prescribed = given.prescription;
  if isstruct(prescribed) && numel(prescribed) == 1
    prescribed = [fieldnames(prescribed), struct2cell(prescribed)];
  end
  if ~iscell(prescribed) || (~isempty(prescribed) && size(prescribed, 2) ~= 2)
    refuse('''prescription'' is neither struct(''PTV'', 45) nor {''PTV'', 45}.');
  end
  if ~isempty(prescribed) && isfield(plan, 'doseReferences')
    refuse('''prescription'' and ''plan''.doseReferences both say what is prescribed: give one of them.');
  end
  for n = 1:size(prescribed, 1)
    [name, gy] = prescribed{n, :};
    if ~ischar(name) || ~any(strcmp(name, names))
      refuse('''prescription'': its name number %d is none of cst, which has: %s.', n, strjoin(names, ', '));
    end
    gy = numbers(gy, ['''prescription''.', name], 1);
    if gy <= 0
      refuse('''prescription''.%s is %g: a dose in Gy is expected.', name, gy);
    end
    plan.doseReferences{n} = struct('number', n, 'structureType', 'VOLUME', 'type', 'TARGET', 'description', name, ...
                                    'targetPrescriptionDoseGy', gy);
  end
end

% The dose of the course is made by pln's number of fractions, and judged by the plan's.
function has_fractions(groups, fractions)
  if isstruct(groups)
    groups = num2cell(groups);
  end
  planned = 0;
  for n = 1:numel(groups)
    name = sprintf('''plan''.fractionGroups{%d}', n);
    needs(groups{n}, name, {'fractionsPlanned'});
    planned = planned + numbers(groups{n}.fractionsPlanned, [name, '.fractionsPlanned'], 1);
  end
  if planned ~= fractions
    refuse('''plan''.fractionGroups states %g fractions and pln.numOfFractions is %g: let both say how many there are.', planned, fractions);
  end
end

% Voxels are what they are: a plane is as thick as they are, and nothing is drawn or meant where there are none.
function options = options_of(options, names)
  if ~isfield(options, 'betweenSlices')
    options.betweenSlices = 'SLAB';
  end
  if ~isfield(options, 'separatePieces')
    options.separatePieces = {};
  elseif ~iscellstr(options.separatePieces)
    refuse('''options''.separatePieces is no cell of names.');
  end
  options.separatePieces = unique([options.separatePieces(:); names(:)])';
end

function s = structure_of(row, n, sizes, at)
  if ~ischar(row{2}) || size(row{2}, 1) ~= 1 || any(row{2} == 0)
    refuse('cst{%d, 2} is no name: a row of text without a character of code 0 is expected.', n);
  end
  s.name = row{2};
  s.number = n;
  s.type = '';
  if ischar(row{3}) && strcmpi(row{3}, 'OAR')
    s.type = 'ORGAN';
  end
  s.contours = {};
  s.thickness = (at{3}(end) - at{3}(1)) / max(1, sizes(3) - 1);
  voxels = indices(row{4}, sprintf('cst{%d, 4}', n), prod(sizes));
  s.voxels = numel(unique(voxels));
  first = [at{1}(1); at{2}(1)];
  width = [step(at{1}, 'x'); step(at{2}, 'y')];
  in_plane = sizes(1) * sizes(2);
  plane = ceil(voxels / in_plane);
  begins = [find([true; diff(plane) > 0]); numel(voxels) + 1];
  for m = 1:(numel(begins) - 1) * ~isempty(voxels)
    k = plane(begins(m));
    mask = false(sizes(1:2));
    mask(voxels(begins(m):begins(m + 1) - 1) - (k - 1) * in_plane) = true;
    rings = dosegate_mex(mask');
    for r = 1:numel(rings)
      corners = first + width .* rings{r};
      s.contours{end + 1} = [corners; repmat(at{3}(k), 1, size(corners, 2))];
    end
  end
end

% Of voxels, ascending, as a column of doubles.
function voxels = indices(voxels, name, last)
  if iscell(voxels)
    if numel(voxels) ~= 1
      refuse('%s has %d cells: one is expected, with the indices of the voxels.', name, numel(voxels));
    end
    voxels = voxels{1};
  end
  if islogical(voxels)
    refuse('%s is a mask: give the indices of its voxels, find(mask).', name);
  elseif ~isnumeric(voxels) || ~isreal(voxels)
    refuse('%s is of class %s: the indices of the voxels, real numbers, are expected.', name, class(voxels));
  elseif isinteger(voxels) && double(intmax(class(voxels))) < last
    refuse('%s is of class %s, which does not reach the last voxel, %d: indices may have been cut.', name, class(voxels), last);
  end
  voxels = sort(double(full(voxels(:))));
  wrong = find(~(voxels >= 1 & voxels <= last & voxels == floor(voxels)), 1);
  if ~isempty(wrong)
    refuse('%s has %g, which is no index or outside of the cube: those of voxels are the whole numbers from 1 to %d.', name, ...
           voxels(wrong), last);
  end
end
