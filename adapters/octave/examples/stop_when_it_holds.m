% An optimisation that asks after every tenth iteration, and stops when the protocol holds.
%
% usage: octave-cli --no-gui -p adapters/octave -p FOLDER-OF-THE-MEX adapters/octave/examples/stop_when_it_holds.m MANIFEST PROTOCOL
%
% Broad pencils of dose on a water block, weighted so that the PTV gets 45 Gy and the cord little: projected gradient descent on
% squared deviations, as matRad's objectives are. With matRad, the same lines stand in its loop: resultGUI is what
% matRad_calcCubes makes of the weights.
1;

manifest = argv(){1};
protocol = fileread(argv(){2});
fractions = 15;

ct.cubeDim = [31 31 21];
ct.resolution = struct('x', 5, 'y', 5, 'z', 5);
ptv = false(ct.cubeDim);
ptv(12:19, 12:19, 7:15) = true;
cord = false(ct.cubeDim);
cord(25:26, 15:16, 3:19) = true;
cst = {0, 'SpinalCord', 'OAR', {find(cord)}; 1, 'PTV', 'TARGET', {find(ptv)}};
pln.numOfFractions = fractions;

% dij: dose of each pencil at each voxel of a structure, and at every voxel.
[x, y, z] = meshgrid(1:31, 1:31, 1:21);
[px, py, pz] = meshgrid(10:2:21, 10:2:21, 5:2:17);
pencils = [px(:), py(:), pz(:)];
dij = zeros(prod(ct.cubeDim), size(pencils, 1));
for n = 1:size(pencils, 1)
  far2 = (x - pencils(n, 1)) .^ 2 + (y - pencils(n, 2)) .^ 2 + (z - pencils(n, 3)) .^ 2;
  dij(:, n) = exp(-far2(:) / (2 * 2.2 ^ 2));
end

in_ptv = dij(ptv(:), :);
in_cord = dij(cord(:), :);
wanted = 46.5 / fractions;
weights = 0.02 * ones(size(dij, 2), 1);
step = 1 / norm([in_ptv; 3 * in_cord]) ^ 2;
for iteration = 1:400
  gradient = in_ptv' * (in_ptv * weights - wanted) + 9 * in_cord' * max(in_cord * weights - 20 / fractions, 0);
  weights = max(weights - step * gradient, 0);
  if mod(iteration, 10) ~= 0
    continue
  end
  resultGUI.physicalDose = reshape(dij * weights, ct.cubeDim);
  report = dosegate_check(ct, cst, pln, resultGUI, 'manifest', manifest, 'protocol', protocol, ...
                          'prescription', struct('PTV', 45));
  broken = {};
  for n = 1:numel(report.findings)
    f = report.findings(n);
    if iscell(f)
      f = f{1};
    end
    if any(strcmp(f.status, {'DEVIATION', 'INDETERMINATE', 'NOT_EVALUABLE'}))
      broken{end + 1} = sprintf('%s %s', f.ruleId, f.status);
    end
  end
  printf('iteration %d: %s  %s\n', iteration, report.verdict, strjoin(broken, ', '));
  if strcmp(report.verdict, 'PASS')
    return
  end
end
error('The protocol does not hold after %d iterations.', iteration);
