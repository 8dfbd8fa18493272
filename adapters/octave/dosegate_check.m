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
%   'prescription'  struct of Gy by structure: struct('PTV', 45). Needed by what is a percentage of it.
%   'protocol'      id of a built-in one, or the JSON of another; the trial's where it is left out
%   'options'       struct, as CaseOptions; struct('scope', 'PLAN_ONLY') where it is left out: no clinical record
%   'record'        JSON of a ClinicalRecord
%   'plan'          struct of more of a Plan (schemas/plan.schema.json): beams, approval, ...
%
% A structure is the voxels that cst lists, as matRad has it: its outline runs along their edges. What cannot be used is an
% error with identifier dosegate:check; what cannot be evaluated is a finding.
function report = dosegate_check(ct, cst, pln, resultGUI, varargin)
  given = named(varargin);
  if isempty(given.manifest)
    error('dosegate:check', 'Give the path of manifest.json: dosegate_check(..., ''manifest'', PATH).');
  end
  needs(ct, 'ct', {'cubeDim', 'resolution'});
  needs(pln, 'pln', {'numOfFractions'});
  needs(resultGUI, 'resultGUI', {'physicalDose'});
  sizes = double(ct.cubeDim(:)');
  if numel(sizes) ~= 3 || ~isequal(size(resultGUI.physicalDose), sizes(1:ndims(resultGUI.physicalDose)))
    error('dosegate:check', 'resultGUI.physicalDose is not of the size that ct.cubeDim states.');
  end
  at = {places(ct, 'x', sizes(2)), places(ct, 'y', sizes(1)), places(ct, 'z', sizes(3))};
  documents.plan = jsonencode(plan_of(pln, given));
  documents.options = jsonencode(given.options);
  documents.record = given.record;
  documents.protocol = given.protocol;
  structures = struct('name', {}, 'number', {}, 'type', {}, 'contours', {});
  for n = 1:size(cst, 1)
    structures(n) = structure_of(cst(n, :), n, sizes, at);
  end
  % matRad's dose is that of one fraction, its first index the row.
  dose.values = permute(resultGUI.physicalDose, [2 1 3]) * double(pln.numOfFractions);
  dose.position = [at{1}(1), at{2}(1), at{3}(1)];
  dose.spacing = [step(at{1}, 'x'), step(at{2}, 'y')];
  dose.offsets = at{3} - at{3}(1);
  [json, verdict] = dosegate_mex(given.manifest, documents, structures, dose);
  report = jsondecode(json);
  report.json = json;
  if verdict ~= 1 && strcmp(report.verdict, 'PASS')
    error('dosegate:check', 'The report contradicts its verdict.');
  end
end

function given = named(pairs)
  given = struct('manifest', '', 'prescription', struct(), 'protocol', '', ...
                 'options', struct('scope', 'PLAN_ONLY'), 'record', '', 'plan', struct());
  if mod(numel(pairs), 2) ~= 0
    error('dosegate:check', 'A name has no value.');
  end
  for n = 1:2:numel(pairs)
    if ~ischar(pairs{n}) || ~isfield(given, pairs{n})
      error('dosegate:check', 'There is no option of the %dth name; there are: %s.', (n + 1) / 2, strjoin(fieldnames(given)', ', '));
    end
    given.(pairs{n}) = pairs{n + 1};
  end
end

function needs(s, name, fields)
  for n = 1:numel(fields)
    if ~isstruct(s) || ~isfield(s, fields{n})
      error('dosegate:check', '%s has no field %s.', name, fields{n});
    end
  end
end

% The centres of the voxels along an axis, mm.
function at = places(ct, axis, count)
  if isfield(ct, axis) && ~isempty(ct.(axis))
    at = double(ct.(axis)(:)');
  else
    needs(ct.resolution, 'ct.resolution', {axis});
    at = (1:count) * double(ct.resolution.(axis));
  end
  if numel(at) ~= count || any(~isfinite(at)) || any(diff(at) <= 0)
    error('dosegate:check', 'ct.%s is not %d ascending places.', axis, count);
  end
end

function width = step(at, axis)
  if numel(at) < 2
    error('dosegate:check', 'The dose has one voxel along %s.', axis);
  end
  width = (at(end) - at(1)) / (numel(at) - 1);
  if any(abs(diff(at) - width) > 1e-3)
    error('dosegate:check', 'ct.%s is not evenly spaced; a dose grid is.', axis);
  end
end

function plan = plan_of(pln, given)
  plan = given.plan;
  fractions = double(pln.numOfFractions);
  if ~isfield(plan, 'label')
    plan.label = 'matRad';
  end
  if ~isfield(plan, 'fractionGroups')
    plan.fractionGroups = {struct('number', 1, 'fractionsPlanned', fractions)};
  end
  names = fieldnames(given.prescription);
  if ~isfield(plan, 'doseReferences') && ~isempty(names)
    plan.doseReferences = {};
    for n = 1:numel(names)
      plan.doseReferences{n} = struct('number', n, 'structureType', 'VOLUME', 'type', 'TARGET', 'description', names{n}, ...
                                      'targetPrescriptionDoseGy', double(given.prescription.(names{n})));
    end
  end
end

function s = structure_of(row, n, sizes, at)
  where = sprintf('cst{%d, :}', n);
  if numel(row) < 4 || ~ischar(row{2})
    error('dosegate:check', '%s is not number, name, type, {voxels}.', where);
  end
  s.name = row{2};
  s.number = n;
  s.type = '';
  if ischar(row{3}) && strcmpi(row{3}, 'OAR')
    s.type = 'ORGAN';
  end
  voxels = row{4};
  if iscell(voxels)
    voxels = voxels{1};
  end
  if any(voxels(:) < 1) || any(voxels(:) > prod(sizes)) || any(voxels(:) ~= floor(voxels(:)))
    error('dosegate:check', '%s{4} has an index outside of the cube.', where);
  end
  s.contours = {};
  first = [at{1}(1); at{2}(1)];
  width = [step(at{1}, 'x'); step(at{2}, 'y')];
  voxels = sort(double(voxels(:)));
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
