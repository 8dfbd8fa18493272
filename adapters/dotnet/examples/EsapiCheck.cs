// A check from a script of a planning system that is scripted in C#. What is read of the system's objects stands behind IPlanSource;
// write a class that answers it from your system's plan (in ESAPI: PlanSetup, StructureSet, Structure.GetContoursOnImagePlane,
// Dose.GetVoxels), and look up its units and axes. The rest compiles as it stands, and the tests run it on a source of their own.
// Nothing of this is tried in a commercial system.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Dosegate;

namespace Dosegate.Examples
{
    public sealed class BeamData
    {
        public int Number;
        public string Name;
        public double DoseGy, Meterset, GantryDegrees;
        /// <summary>Cumulative meterset weight of each control point, from 0 to 1; the leaves move between them.</summary>
        public double[] Weights;
    }

    /// <summary>What is read of a planning system. mm, Gy, DICOM patient axes.</summary>
    public interface IPlanSource
    {
        string PlanLabel { get; }
        string FrameOfReferenceUid { get; }
        int Fractions { get; }
        double PrescribedGy { get; }
        int TargetRoiNumber { get; }
        IEnumerable<BeamData> Beams { get; }
        /// <summary>ROI number, name and contours, each x, y, z, x, y, z ...</summary>
        IEnumerable<Tuple<int, string, IList<double[]>>> Structures { get; }
        /// <summary>[plane, row, column], Gy, of the whole course.</summary>
        float[,,] DoseGy { get; }
        double[] FirstVoxelMm { get; }
        /// <summary>x, y, z.</summary>
        double[] VoxelMm { get; }
    }

    public static class EsapiCheck
    {
        private static string Text(string value)
        {
            var text = new StringBuilder("\"");
            foreach (var c in value)
            {
                if (c == '"' || c == '\\') text.Append('\\').Append(c);
                else if (c < ' ') text.AppendFormat(CultureInfo.InvariantCulture, "\\u{0:x4}", (int)c);
                else text.Append(c);
            }
            return text.Append('"').ToString();
        }

        private static string Number(double value)
        {
            return value.ToString("R", CultureInfo.InvariantCulture); // a comma would be no JSON
        }

        /// <summary>dosegate.v1.Plan. What the system does not say stays out; what rests on it is then NOT_EVALUABLE.</summary>
        public static string PlanJson(IPlanSource source)
        {
            var beams = new List<string>();
            var references = new List<string>();
            foreach (var beam in source.Beams)
            {
                var points = new List<string>();
                foreach (var weight in beam.Weights)
                {
                    points.Add("{\"metersetWeight\": " + Number(weight) + ", \"gantryDegrees\": " + Number(beam.GantryDegrees) +
                               ", \"aperture\": " + (points.Count + 1) + "}");
                }
                references.Add("{\"beamNumber\": " + beam.Number + ", \"beamDoseGy\": " + Number(beam.DoseGy) + ", \"beamMeterset\": " +
                               Number(beam.Meterset) + "}");
                beams.Add("{\"number\": " + beam.Number + ", \"name\": " + Text(beam.Name) + ", \"type\": \"DYNAMIC\", \"radiationType\": " +
                          "\"PHOTON\", \"deliveryType\": \"TREATMENT\", \"controlPoints\": " + points.Count + ", \"finalMetersetWeight\": 1, " +
                          "\"points\": [" + string.Join(", ", points) + "]}");
            }
            return "{\"label\": " + Text(source.PlanLabel) + ", \"modality\": \"RTPLAN\", \"approvalStatus\": \"UNAPPROVED\", " +
                   "\"doseReferences\": [{\"number\": 1, \"structureType\": \"VOLUME\", \"type\": \"TARGET\", \"roiNumber\": " +
                   source.TargetRoiNumber + ", \"targetPrescriptionDoseGy\": " + Number(source.PrescribedGy) + "}], " +
                   "\"fractionGroups\": [{\"number\": 1, \"fractionsPlanned\": " + source.Fractions + ", \"beams\": [" +
                   string.Join(", ", references) + "]}], \"beams\": [" + string.Join(", ", beams) + "]}";
        }

        private static Dose DoseOf(IPlanSource source)
        {
            var values = source.DoseGy;
            var offsets = new double[values.GetLength(0)];
            for (var p = 0; p < offsets.Length; ++p) offsets[p] = p * source.VoxelMm[2];
            return new Dose
            {
                Values = values, Scaling = 1, Units = Units.Gy, DoseType = DoseType.Physical, Summation = Summation.Plan,
                Planes = (uint)values.GetLength(0), Rows = (uint)values.GetLength(1), Columns = (uint)values.GetLength(2),
                PositionMm = source.FirstVoxelMm, ColumnSpacingMm = source.VoxelMm[0], RowSpacingMm = source.VoxelMm[1],
                PlaneOffsetsMm = offsets, FrameOfReferenceUid = source.FrameOfReferenceUid
            };
        }

        /// <summary>Whether the plan may go on. `say` gets what the user reads; what failed is no pass and says why.</summary>
        public static bool MayGoOn(IPlanSource source, string manifest, Func<bool> stop, Action<string> say)
        {
            try
            {
                using (var library = Library.Load(manifest))
                using (var protocol = library.BuiltinProtocol())
                using (var c = library.MakeCase(new Host { Threads = 4, ShouldCancel = stop }))
                {
                    c.SetPlan(PlanJson(source));
                    c.SetOptions("{\"scope\": \"PLAN_ONLY\"}"); // while the plan is made there is no clinical record
                    foreach (var drawn in source.Structures)
                    {
                        var structure = new Structure { RoiNumber = drawn.Item1, Name = drawn.Item2, FrameOfReferenceUid = source.FrameOfReferenceUid };
                        foreach (var points in drawn.Item3) structure.Contours.Add(new Contour(points));
                        c.SetStructure(structure);
                    }
                    c.SetDose(DoseOf(source));
                    using (var report = c.Check(protocol))
                    {
                        say(report.Json); // dosegate.v1.Report: show findings whose status is not PASS
                        say("Dosegate: " + report.Verdict);
                        return report.Passed;
                    }
                }
            }
            catch (DosegateException e)
            {
                say("Dosegate: no verdict. " + e.Message);
                return false;
            }
        }
    }
}
