// A host in C#. usage: check manifest.json PLAN.json
// Prints the report; exits 0 PASS, 1 FAIL, 2 INCOMPLETE, 3 where there is no verdict.
using System;
using System.IO;
using System.Linq;
using System.Threading;
using Dosegate;

internal static class Check
{
    private const string Frame = "1.2.826.0.1.3680043.8.498.1";
    private const int Columns = 41, Rows = 41, Planes = 33;

    // An ROI of the planning system: here a box, a rectangle every 10 mm.
    private static Structure Box(int number, string name, double x, double y0, double y1, double z0)
    {
        var box = new Structure { RoiNumber = number, Name = name, FrameOfReferenceUid = Frame };
        for (var z = z0 + 5; z < -z0; z += 10)
        {
            box.Contours.Add(new Contour(new[] { -x, y0, z, x, y0, z, x, y1, z, -x, y1, z }));
        }
        return box;
    }

    private static Dose DoseOfPlan()
    {
        var values = new float[Planes, Rows, Columns];
        for (var p = 0; p < Planes; ++p)
        for (var r = 0; r < Rows; ++r)
        for (var k = 0; k < Columns; ++k)
        {
            values[p, r, k] = Math.Abs(k - 20) <= 8 && Math.Abs(r - 20) <= 8 && Math.Abs(p - 16) <= 8 ? 45 : 5;
        }
        return new Dose
        {
            Values = values, Scaling = 1, Units = Units.Gy, DoseType = DoseType.Physical, Summation = Summation.Plan,
            Columns = Columns, Rows = Rows, Planes = Planes,
            PositionMm = new[] { -100.0, -100.0, -80.0 }, // of the first voxel's centre
            RowSpacingMm = 5, ColumnSpacingMm = 5, PlaneOffsetsMm = Enumerable.Range(0, Planes).Select(p => 5.0 * p).ToArray(),
            FrameOfReferenceUid = Frame
        };
    }

    private static int Main(string[] arguments)
    {
        if (arguments.Length != 2)
        {
            Console.Error.WriteLine("usage: check manifest.json PLAN.json");
            return 3;
        }
        using (var stop = new CancellationTokenSource()) // a button of yours
        {
            try
            {
                var host = new Host { Threads = 4, ShouldCancel = () => stop.IsCancellationRequested };
                using (var library = Library.Load(arguments[0]))
                using (var protocol = library.BuiltinProtocol())
                using (var c = library.MakeCase(host))
                {
                    c.SetPlan(File.ReadAllText(arguments[1]));
                    c.SetOptions("{\"scope\": \"PLAN_ONLY\"}");
                    c.SetStructure(Box(3, "PTV", 20, -20, 20, -30));
                    c.SetStructure(Box(9, "SpinalCord", 5, 30, 40, -60));
                    c.SetDose(DoseOfPlan());
                    using (var report = c.Check(protocol))
                    {
                        var json = report.JsonBytes;
                        using (var output = Console.OpenStandardOutput()) output.Write(json, 0, json.Length);
                        return report.Verdict - Verdict.Pass;
                    }
                }
            }
            catch (DosegateException e)
            {
                Console.Error.WriteLine("{0}: {1}", e.Path, e.What);
                return 3; // no verdict is no pass
            }
        }
    }
}
