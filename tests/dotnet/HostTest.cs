// The assembly in adapters/dotnet on a built library. usage: HostTest FOLDER-OF-THE-LIBRARY LAYOUT.txt CYCLES
// or HostTest FOLDER-OF-THE-LIBRARY --stay: says "in" in the midst of a check and stays there.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Threading;
using Dosegate;
using Dosegate.Examples;

// The liver patient of boxes of tests/abi/abi_case.h: passes with the spinal cord at y = 90, fails at y = 20.
internal sealed class BoxPatient : IPlanSource
{
    private const int ColumnCount = 61, RowCount = 45, PlaneCount = 33;
    private readonly double cordY;

    internal BoxPatient(double cordY)
    {
        this.cordY = cordY;
    }

    public string PlanLabel { get { return "BOX \"1\" ü"; } }
    public string FrameOfReferenceUid { get { return "1.2.826.0.1.3680043.8.498.1"; } }
    public int Fractions { get { return 15; } }
    public double PrescribedGy { get { return 45; } }
    public int TargetRoiNumber { get { return 3; } }
    public double[] FirstVoxelMm { get { return new[] { -150.0, -110.0, -80.0 }; } }
    public double[] VoxelMm { get { return new[] { 5.0, 5.0, 5.0 }; } }

    public IEnumerable<BeamData> Beams
    {
        get
        {
            return Enumerable.Range(1, 3).Select(n => new BeamData
            {
                Number = n, Name = "B" + n, DoseGy = 1, Meterset = 100, GantryDegrees = 90, Weights = new[] { 0, 0.5, 1 }
            });
        }
    }

    private static Tuple<int, string, IList<double[]>> Box(int number, string name, double x0, double y0, double z0, double x1, double y1, double z1)
    {
        IList<double[]> contours = new List<double[]>();
        for (var z = z0 + 5; z < z1; z += 10) contours.Add(new[] { x0, y0, z, x1, y0, z, x1, y1, z, x0, y1, z });
        return Tuple.Create(number, name, contours);
    }

    public IEnumerable<Tuple<int, string, IList<double[]>>> Structures
    {
        get
        {
            yield return Box(1, "GTV", -5, -5, -10, 5, 5, 10);
            yield return Box(2, "CTV", -15, -15, -20, 15, 15, 20);
            yield return Box(3, "PTV", -20, -20, -30, 20, 20, 30);
            yield return Box(4, "Liver", -35, -65, -60, 85, 65, 60);
            yield return Box(5, "Stomach", -130, -40, -40, -70, 0, 40);
            yield return Box(6, "Duodenum", -100, 10, -40, -70, 30, 40);
            yield return Box(7, "Colon", -130, 40, -60, -80, 70, 60);
            yield return Box(8, "Kidney_L", 65, 82, -50, 105, 100, 50);
            yield return Box(10, "Kidney_R", -105, 82, -50, -65, 100, 50);
            yield return Box(9, "SpinalCord", -5, cordY, -70, 5, cordY + 10, 70);
        }
    }

    public float[,,] DoseGy
    {
        get
        {
            var values = new float[PlaneCount, RowCount, ColumnCount];
            for (var p = 0; p < PlaneCount; ++p)
            for (var r = 0; r < RowCount; ++r)
            for (var c = 0; c < ColumnCount; ++c)
            {
                double x = Math.Abs(-150 + 5 * c), y = Math.Abs(-110 + 5 * r), z = Math.Abs(-80 + 5 * p), far = Math.Max(x, Math.Max(y, z));
                values[p, r, c] = far <= 30 ? 46F : far >= 40 ? 2F : (float)(46 - 44 * (far - 30) / 10);
            }
            return values;
        }
    }
}

internal static class HostTest
{
    private static string folder;
    private static int failures;

    private static void Require(bool holds, string what)
    {
        if (holds) return;
        ++failures;
        Console.Error.WriteLine("not so: " + what);
    }

    private static void Refused(Status status, string path, Action call)
    {
        try
        {
            call();
            Require(false, path + " is refused");
        }
        catch (DosegateException e)
        {
            Require(e.Status == status && e.Path.Contains(path) && e.What.Length > 0, "refused with " + status + " at " + path + ", not " + e.Status + ": " + e.Message);
        }
    }

    private static Case Filled(Library library, double cordY, Host host = null)
    {
        var source = new BoxPatient(cordY);
        var c = library.MakeCase(host);
        c.SetPlan(EsapiCheck.PlanJson(source));
        c.SetOptions("{\"scope\": \"PLAN_ONLY\"}");
        foreach (var s in source.Structures)
        {
            c.SetStructure(new Structure
            {
                RoiNumber = s.Item1, Name = s.Item2, FrameOfReferenceUid = source.FrameOfReferenceUid, Contours = s.Item3.Select(p => new Contour(p)).ToList()
            });
        }
        c.SetDose(Grid(source.DoseGy, source));
        return c;
    }

    private static Dose Grid(Array values, IPlanSource source)
    {
        return new Dose
        {
            Values = values, Scaling = 1, Units = Units.Gy, DoseType = DoseType.Physical, Summation = Summation.Plan, Columns = 61, Rows = 45, Planes = 33,
            PositionMm = source.FirstVoxelMm, RowSpacingMm = 5, ColumnSpacingMm = 5, FrameOfReferenceUid = source.FrameOfReferenceUid,
            PlaneOffsetsMm = Enumerable.Range(0, 33).Select(p => 5.0 * p).ToArray()
        };
    }

    private static Tuple<Verdict, string> Answer(Library library, double cordY, Host host = null)
    {
        using (var protocol = library.BuiltinProtocol())
        using (var c = Filled(library, cordY, host))
        using (var report = c.Check(protocol)) return Tuple.Create(report.Verdict, report.Json);
    }

    // NAME MEMBER OFFSET, and NAME - SIZE, of plugin/layout.json.
    private static void Layout(string file)
    {
        var count = 0;
        foreach (var line in File.ReadAllLines(file))
        {
            var parts = line.Split(' ');
            var type = typeof(Library).Assembly.GetType("Dosegate." + parts[0]);
            Require(type != null, parts[0] + " is declared");
            if (type == null) continue;
            var found = parts[1] == "-" ? Marshal.SizeOf(type) : (int)Marshal.OffsetOf(type, parts[1]);
            Require(found == int.Parse(parts[2]), line + ", not " + found);
            ++count;
        }
        Require(count > 100, "the layout is there");
    }

    private static void Checks(Library library)
    {
        Require(Answer(library, 90).Item1 == Verdict.Pass, "a sound plan passes");
        var hot = Answer(library, 20);
        Require(hot.Item1 == Verdict.Fail && hot.Item2.Contains("\"OR-6.Max\""), "a hot cord fails");
        using (var protocol = library.BuiltinProtocol())
        using (var empty = library.MakeCase())
        using (var report = empty.Check(protocol))
        {
            Require(report.Verdict == Verdict.Incomplete && !report.Passed, "an empty case is incomplete");
        }
        var host = new Host { Threads = 4, Log = (s, m) => { }, Progress = f => { }, ShouldCancel = () => false };
        Require(Answer(library, 20, host).Item2 == hot.Item2, "threads and callbacks change no byte");
        using (var c = Filled(library, 90))
        using (var protocol = library.BuiltinProtocol())
        {
            var source = new BoxPatient(90);
            var flat = source.DoseGy.Cast<float>().ToArray();
            c.SetDose(Grid(flat.Select(v => (double)v).ToArray(), source));
            c.SetDosePlanes(flat.Take(45 * 61).ToArray(), 0, 1);
            c.SetSlices(new Slices { FrameOfReferenceUid = source.FrameOfReferenceUid, AtMm = Enumerable.Range(-14, 29).Select(z => 5.0 * z).ToArray() });
            using (var report = c.Check(protocol)) Require(report.Passed, "a dose of doubles, changed planes and slices");
            Require(c.Dvh("{\"rois\": [\"PTV\"]}").Contains("\"PTV\""), "DVHs are answered");
            var second = Grid(source.DoseGy, source);
            second.NameInCase = "second";
            second.Plans.Add("other");
            second.StructureSet = "other";
            c.SetDose(second);
            using (var report = c.Check(protocol)) Require(report.Verdict == Verdict.Incomplete, "of two doses none is judged");
            c.SetDosePlanes(flat.Take(45 * 61).ToArray(), 0, 1, "second");
            c.RemoveDose("second");
            using (var report = c.Check(protocol)) Require(report.Passed, "a dose that is taken back is gone");
            c.ExpectDose(protocol, Grid(null, source));
            using (var report = c.Check(protocol)) Require(report.Passed, "a dose that is expected changes nothing");
            c.RemoveStructure(9);
            c.RemoveStructureSet();
            c.RemovePlan();
            c.SetRecord("");
        }
        Require(library.Protocols().Contains("ChiCTR2000036385") && library.LintProtocol("{}").Contains("ERROR"), "protocols are listed and linted");
        var said = new List<string>();
        Require(EsapiCheck.MayGoOn(new BoxPatient(90), folder, () => false, said.Add) && said.Last() == "Dosegate: Pass", "the example lets a sound plan go on");
        Require(!EsapiCheck.MayGoOn(new BoxPatient(20), folder, () => false, said.Add) && said.Last() == "Dosegate: Fail", "and no hot cord");
        Require(!EsapiCheck.MayGoOn(new BoxPatient(90), folder, () => true, said.Add) && said.Last().Contains("no verdict"), "and none that was stopped");
        Require(!EsapiCheck.MayGoOn(new BoxPatient(90), folder + "/none", () => false, said.Add), "and none without a library");
    }

    private static void Refusals(Library library)
    {
        var source = new BoxPatient(90);
        using (var c = library.MakeCase())
        {
            Refused(Status.InvalidData, "$.beams[1].number", () => c.SetPlan("{\"beams\": [{\"number\": 1}, {\"number\": \"x\"}]}"));
            Refused(Status.InvalidData, "$.nonsense", () => c.SetOptions("{\"nonsense\": 1}"));
            Refused(Status.InvalidData, "plan", () => c.SetPlan("\ud800"));
            Refused(Status.InvalidArgument, "plan", () => c.SetPlan(null));
            Refused(Status.InvalidData, "structure.name", () => c.SetStructure(new Structure { Name = "a\0b" }));
            Refused(Status.InvalidArgument, "structure.contours[0].points_mm",
                    () => c.SetStructure(new Structure { Name = "a", Contours = { new Contour(new double[4]) } }));
            Refused(Status.InvalidData, "contours[1]",
                    () => c.SetStructure(new Structure { Name = "a", Contours = { new Contour(new double[9]), new Contour(new[] { 0, 0, 0, double.NaN, 0, 0, 1, 1, 0 }) } }));
            Refused(Status.InvalidArgument, "dose.values", () => c.SetDose(Grid(new byte[1], source)));
            Refused(Status.InvalidArgument, "dose.values", () => c.SetDose(Grid(new float[1, 2, 3], source)));
            // Arrays that the runtime takes for those of unsigned numbers.
            Refused(Status.InvalidArgument, "dose.values", () => c.SetDose(Grid(new int[1], source)));
            Refused(Status.InvalidArgument, "dose.values", () => c.SetDose(Grid(new short[1], source)));
            Refused(Status.InvalidArgument, "dose", () => c.SetDose(null));
            Refused(Status.InvalidArgument, "structure", () => c.SetStructure(null));
            Refused(Status.InvalidArgument, "protocol", () => c.Check(null));
            Refused(Status.InvalidData, "value_count", () => c.SetDose(Grid(new float[7], source)));
            Refused(Status.InvalidArgument, "dose.units", () =>
            {
                var dose = Grid(source.DoseGy, source);
                dose.Units = 0;
                c.SetDose(dose);
            });
            Refused(Status.NotFound, "", () => c.RemoveStructure(5));
            c.Dispose();
            Refused(Status.InvalidArgument, "case", () => c.SetOptions("{}"));
        }
        Refused(Status.NotFound, "id", () => library.BuiltinProtocol("none-of-that-name"));
        Refused(Status.NotFound, "nowhere", () => Library.Load("/nowhere/manifest.json"));
    }

    private sealed class Trouble : Exception
    {
    }

    private static void Callbacks(Library library)
    {
        var stop = false;
        var host = new Host { ShouldCancel = () => stop };
        using (var c = Filled(library, 90, host))
        using (var protocol = library.BuiltinProtocol())
        {
            stop = true;
            Refused(Status.Cancelled, "", () => c.Check(protocol));
            stop = false;
            using (var report = c.Check(protocol)) Require(report.Passed, "the case is as it was");
        }
        var trouble = false;
        using (var c = Filled(library, 90, new Host { Progress = f => { if (trouble) throw new Trouble(); } }))
        using (var protocol = library.BuiltinProtocol())
        {
            trouble = true;
            try
            {
                c.Check(protocol);
                Require(false, "what a callback throws is thrown");
            }
            catch (Trouble)
            {
            }
            trouble = false;
            using (var report = c.Check(protocol)) Require(report.Passed, "after an exception the case is as it was");
        }
    }

    private static void Threads(Library library)
    {
        string pass = Answer(library, 90).Item2, fail = Answer(library, 20).Item2;
        var wrong = 0;
        var threads = Enumerable.Range(0, 4).Select(n => new Thread(() =>
        {
            for (var k = 0; k < 3; ++k)
            {
                if (Answer(library, n % 2 == 0 ? 90 : 20).Item2 != (n % 2 == 0 ? pass : fail)) Interlocked.Increment(ref wrong);
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Require(wrong == 0, "a case a thread gives each its report");
    }

    private static void Lives(int cycles)
    {
        for (var n = 0; n < cycles; ++n)
        {
            using (var library = Library.Load(folder))
            {
                if (n % 20 == 0) Require(Answer(library, 90).Item1 == Verdict.Pass, "a library that was loaded again checks");
                var left = library.MakeCase(); // for the garbage collector
                GC.KeepAlive(left);
            }
        }
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Case last;
        using (var library = Library.Load(folder)) last = Filled(library, 90);
        using (var library = Library.Load(folder))
        using (var protocol = library.BuiltinProtocol())
        using (last)
        using (var report = last.Check(protocol)) Require(report.Passed, "a case outlives its library");
    }

    private static int Main(string[] arguments)
    {
        folder = arguments[0];
        if (arguments[1] == "--stay")
        {
            using (var library = Library.Load(folder))
            {
                Answer(library, 90, new Host
                {
                    Progress = f =>
                    {
                        if (f < 0.3) return;
                        Console.WriteLine("in");
                        Thread.Sleep(60000);
                    }
                });
            }
            return 0;
        }
        Layout(arguments[1]);
        using (var library = Library.Load(folder))
        {
            Checks(library);
            Refusals(library);
            Callbacks(library);
            Threads(library);
        }
        Lives(int.Parse(arguments[2]));
        Console.WriteLine(failures == 0 ? "ok" : failures + " failed");
        return failures == 0 ? 0 : 1;
    }
}
