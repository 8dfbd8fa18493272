// As cost.c, by the C# assembly. usage: cost FOLDER PLAN.json ROUNDS
using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Dosegate;

internal static class Cost
{
    private const string Frame = "1.2.826.0.1.3680043.8.498.1";
    private const int Columns = 300, Rows = 300, Planes = 125;

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec { public long Seconds, Nanoseconds; }

    [DllImport("libc")]
    private static extern int clock_gettime(int clock, out Timespec now);

    // Of this process, as clock() of C. Mono's TotalProcessorTime goes in steps of 10 ms.
    private static double ProcessorMs()
    {
        const int ClockProcess = 2;
        clock_gettime(ClockProcess, out var now);
        return 1e3 * now.Seconds + 1e-6 * now.Nanoseconds;
    }

    private static Structure Box(int number, string name, double x, double y0, double y1, double z0)
    {
        var box = new Structure { RoiNumber = number, Name = name, FrameOfReferenceUid = Frame };
        for (var z = z0 + 5; z < -z0; z += 10) box.Contours.Add(new Contour(new[] { -x, y0, z, x, y0, z, x, y1, z, -x, y1, z }));
        return box;
    }

    private static float[] Values(int second)
    {
        var values = new float[Columns * Rows * Planes];
        var at = 0;
        for (var p = 0; p < Planes; ++p)
        for (var r = 0; r < Rows; ++r)
        for (var k = 0; k < Columns; ++k)
        {
            var far = Math.Max(Math.Max(Math.Abs(k - 150), Math.Abs(r - 150)), Math.Abs(p - 62));
            values[at++] = (float)(far < 50 ? 46 : far > 70 ? 2 : 46 - 2.2 * (far - 50)) + second * 0.125F;
        }
        return values;
    }

    private static void Main(string[] arguments)
    {
        var both = new[] { Values(0), Values(1) };
        var offsets = Enumerable.Range(0, Planes).Select(p => 2.0 * p).ToArray();
        string last = null;
        using (var library = Library.Load(arguments[0]))
        using (var protocol = library.BuiltinProtocol())
        using (var c = library.MakeCase(new Host { ShouldCancel = () => false }))
        {
            c.SetPlan(File.ReadAllText(arguments[1]));
            c.SetOptions("{\"scope\": \"PLAN_ONLY\"}");
            c.SetStructure(Box(3, "PTV", 80, -80, 80, -100));
            c.SetStructure(Box(9, "SpinalCord", 10, 100, 120, -110));
            for (var n = 0; n < int.Parse(arguments[2]); ++n)
            {
                var began = ProcessorMs();
                c.SetDose(new Dose
                {
                    Values = both[n % 2], Scaling = 1, Units = Units.Gy, DoseType = DoseType.Physical, Summation = Summation.Plan,
                    Columns = Columns, Rows = Rows, Planes = Planes, PositionMm = new[] { -299.0, -299.0, -124.0 }, RowSpacingMm = 2,
                    ColumnSpacingMm = 2, PlaneOffsetsMm = offsets, FrameOfReferenceUid = Frame
                });
                using (var report = c.Check(protocol))
                {
                    var took = ProcessorMs() - began;
                    Console.WriteLine(took.ToString("F3", CultureInfo.InvariantCulture));
                    last = report.Json;
                }
            }
        }
        Console.Write(last);
    }
}
