% As cost.c with all made anew in each round, by the MEX function. usage: octave-cli cost.m FOLDER PLAN.json ROUNDS [check]
% check: dosegate_check instead, on structures of matRad's shape: the same boxes as voxels, the cube in double precision.
1;

function corners = box(x, y, z)
  corners = [-x, x, x, -x; y(1), y(1), y(2), y(2); z, z, z, z];
end

function s = structure_of(name, number, x, y, z)
  drawn = arrayfun(@(at) box(x, y, at), -z + 5:10:z - 1, 'UniformOutput', false);
  s = struct('name', name, 'number', number, 'type', '', 'contours', {drawn});
end

given = argv();
manifest = fullfile(given{1}, 'manifest.json');
plan = fileread(given{2});
whole = numel(given) == 4 && strcmp(given{4}, 'check');
columns = 300; rows = 300; planes = 125;
[x, y, z] = ndgrid(abs((0:columns - 1) - 150), abs((0:rows - 1) - 150), abs((0:planes - 1) - 62));
far = max(max(x, y), z);
gy = single(46 - 2.2 * (far - 50));
gy(far < 50) = 46;
gy(far > 70) = 2;
at = {-299 + 2 * (0:columns - 1), -299 + 2 * (0:rows - 1), -124 + 2 * (0:planes - 1)};
if whole
  ct = struct('cubeDim', [rows, columns, planes], 'resolution', struct('x', 2, 'y', 2, 'z', 2), 'x', at{1}, 'y', at{2}, 'z', at{3});
  inside = @(cx, cy0, cy1, cz) find(at{2}' > cy0 & at{2}' < cy1 & abs(at{1}) < cx & abs(reshape(at{3}, 1, 1, [])) < cz);
  cst = {0, 'PTV', 'TARGET', {inside(80, -80, 80, 100)}; 1, 'SpinalCord', 'OAR', {inside(10, 100, 120, 110)}};
  pln = struct('numOfFractions', 15);
  cubes = {permute(double(gy), [2 1 3]) / 15, permute(double(gy) + 0.125, [2 1 3]) / 15};
else
  documents = struct('plan', plan, 'options', '{"scope": "PLAN_ONLY"}', 'record', '', 'protocol', '');
  structures = [structure_of('PTV', 3, 80, [-80 80], 100), structure_of('SpinalCord', 9, 10, [100 120], 110)];
  doses = {gy, gy + single(0.125)};
end
clear x y z far
for n = 1:str2double(given{3})
  began = cputime();
  if whole
    report = dosegate_check(ct, cst, pln, struct('physicalDose', cubes{1 + mod(n - 1, 2)}), 'manifest', manifest, 'prescription', struct('PTV', 45));
    json = report.json;
  else
    dose = struct('values', doses{1 + mod(n - 1, 2)}, 'position', [-299 -299 -124], 'spacing', [2 2], 'offsets', 2 * (0:planes - 1));
    json = dosegate_mex(manifest, documents, structures, dose);
  end
  printf('%.3f\n', 1e3 * (cputime() - began));
end
fputs(stdout, json);
