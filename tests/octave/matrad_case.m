% A water block of matRad's shape: 41 x 41 x 33 voxels of 5 mm, a PTV of 8 x 8 x 12 voxels with one cut out of each of its
% slices, a cord, dose high in a box around the PTV. `cord_gy`: what the cord gets.
function [ct, cst, pln, resultGUI] = matrad_case(cord_gy)
  ct.cubeDim = [41 41 33];
  ct.resolution = struct('x', 5, 'y', 5, 'z', 5);
  ct.x = (0:40) * 5 - 100;
  ct.y = (0:40) * 5 - 100;
  ct.z = (0:32) * 5 - 80;
  ptv = false(ct.cubeDim);
  ptv(17:24, 17:24, 11:22) = true;
  ptv(20, 21, 11:22) = false;  % a hole: row 20, column 21
  cord = false(ct.cubeDim);
  cord(31:32, 20:21, 5:28) = true;
  cst = {0, 'SpinalCord', 'OAR', {find(cord)}; ...
         1, 'PTV', 'TARGET', {find(ptv)}};
  pln.numOfFractions = 15;
  dose = 0.2 * ones(ct.cubeDim);
  dose(14:27, 14:27, 8:25) = 3;
  dose(30:33, 18:23, :) = cord_gy / 15;
  resultGUI.physicalDose = dose;
end
