using System;
using System.Runtime.InteropServices;

namespace Dosegate
{
    /// <summary>One patient's plans, structures and doses, each by a name of the host's; who has one of each names nothing. One thread at a time uses a case; different cases run in parallel. A
    /// call that throws had no effect. What is passed in is copied.</summary>
    public sealed class Case : IDisposable
    {
        private delegate int Call(IntPtr raw, out IntPtr error);
        private delegate int Question(IntPtr raw, out IntPtr answer, out IntPtr error);

        private readonly Loaded loaded;
        private readonly Callbacks callbacks;
        private readonly NativeHandle handle;

        internal Case(Loaded loaded, Host host)
        {
            this.loaded = loaded;
            callbacks = new Callbacks(host);
            IntPtr raw, error;
            loaded.Require(loaded.Function<api_case_create_fn>("case_create")(ref callbacks.Struct, out raw, out error), error);
            handle = new NativeHandle(loaded, raw, loaded.Function<api_case_release_fn>("case_release").Invoke);
        }

        public void Dispose()
        {
            handle.Dispose();
        }

        /// <summary>Calls; what a callback threw meanwhile is thrown from here.</summary>
        private void Do(Call call)
        {
            var error = IntPtr.Zero;
            var status = handle.Use("case", raw => call(raw, out error));
            Finish(status, error);
            callbacks.ThrowWhatWasThrown();
        }

        private void Finish(int status, IntPtr error)
        {
            GC.KeepAlive(callbacks);
            try
            {
                loaded.Require(status, error);
            }
            catch (DosegateException)
            {
                callbacks.ThrowWhatWasThrown();
                throw;
            }
        }

        private static T Given<T>(T value, string path) where T : class
        {
            if (value == null) throw new DosegateException(Status.InvalidArgument, path, "is null");
            return value;
        }

        private IntPtr Ask(Question question)
        {
            IntPtr error = IntPtr.Zero, answer = IntPtr.Zero;
            var status = handle.Use("case", raw => question(raw, out answer, out error));
            Finish(status, error);
            return answer;
        }

        /// <summary>dosegate.v1.Plan.</summary>
        public void SetPlan(string json)
        {
            using (var scope = new Scope())
            {
                var text = scope.Json(json, "plan");
                Do((IntPtr raw, out IntPtr error) => loaded.Function<api_case_set_plan_fn>("case_set_plan")(raw, text, out error));
            }
        }

        public void RemovePlan(string nameInCase = "")
        {
            Remove("name_in_case", nameInCase, (IntPtr raw, IntPtr name, out IntPtr error) =>
                loaded.Function<api_case_remove_plan_fn>("case_remove_plan")(raw, name, out error));
        }

        public void RemoveStructureSet(string structureSet = "")
        {
            Remove("structure_set", structureSet, (IntPtr raw, IntPtr name, out IntPtr error) =>
                loaded.Function<api_case_remove_structure_set_fn>("case_remove_structure_set")(raw, name, out error));
        }

        public void RemoveDose(string nameInCase = "")
        {
            Remove("name_in_case", nameInCase, (IntPtr raw, IntPtr name, out IntPtr error) =>
                loaded.Function<api_case_remove_dose_fn>("case_remove_dose")(raw, name, out error));
        }

        private delegate int Removal(IntPtr raw, IntPtr name, out IntPtr error);

        private void Remove(string path, string name, Removal removal)
        {
            using (var scope = new Scope())
            {
                var text = scope.Text(name, path);
                Do((IntPtr raw, out IntPtr error) => removal(raw, text, out error));
            }
        }

        /// <summary>dosegate.v1.CaseOptions.</summary>
        public void SetOptions(string json)
        {
            using (var scope = new Scope())
            {
                var text = scope.Json(json, "options");
                Do((IntPtr raw, out IntPtr error) => loaded.Function<api_case_set_options_fn>("case_set_options")(raw, text, out error));
            }
        }

        /// <summary>dosegate.v1.ClinicalRecord; empty: the case has none from now on.</summary>
        public void SetRecord(string json)
        {
            using (var scope = new Scope())
            {
                var text = scope.Json(json, "record");
                Do((IntPtr raw, out IntPtr error) => loaded.Function<api_case_set_record_fn>("case_set_record")(raw, text, out error));
            }
        }

        public void SetStructure(Structure structure)
        {
            using (var scope = new Scope())
            {
                var one = Given(structure, "structure").In(scope);
                Do((IntPtr raw, out IntPtr error) =>
                    loaded.Function<api_case_set_structure_fn>("case_set_structure")(raw, ref one, out error));
            }
        }

        public void RemoveStructure(int roiNumber, string structureSet = "")
        {
            Remove("structure_set", structureSet, (IntPtr raw, IntPtr name, out IntPtr error) =>
                loaded.Function<api_case_remove_structure_of_set_fn>("case_remove_structure_of_set")(raw, name, roiNumber, out error));
        }

        public void SetSlices(Slices slices)
        {
            using (var scope = new Scope())
            {
                var all = slices.In(scope);
                Do((IntPtr raw, out IntPtr error) => loaded.Function<api_case_set_slices_fn>("case_set_slices")(raw, ref all, out error));
            }
        }

        public void SetDose(Dose dose)
        {
            using (var scope = new Scope())
            {
                var grid = Given(dose, "dose").In(scope);
                Do((IntPtr raw, out IntPtr error) => loaded.Function<api_case_set_dose_fn>("case_set_dose")(raw, ref grid, out error));
            }
        }

        /// <summary>The grid of a dose that is still being computed, whose Values may be null: the check of the first dose on
        /// it then takes as long as that of any later one. No answer is another one for it.</summary>
        public void ExpectDose(Protocol protocol, Dose dose)
        {
            using (var scope = new Scope())
            {
                var grid = dose.In(scope);
                Do((IntPtr raw, out IntPtr error) =>
                {
                    var wrong = IntPtr.Zero;
                    var status = protocol.Handle.Use("protocol", by =>
                        loaded.Function<api_case_expect_dose_fn>("case_expect_dose")(raw, by, ref grid, out wrong));
                    error = wrong;
                    return status;
                });
            }
        }

        /// <summary>New values for planes of a dose that the case holds; ordered as in Dose.</summary>
        public void SetDosePlanes(Array values, uint firstPlane, uint planeCount, string nameInCase = null)
        {
            using (var scope = new Scope())
            {
                var planes = new dosegate_dose_planes
                {
                    struct_size = (uint)Marshal.SizeOf(typeof(dosegate_dose_planes)),
                    value_type = Dose.TypeOf(values, "planes.values"),
                    values = scope.Pin(values),
                    value_count = (ulong)values.LongLength,
                    first_plane = firstPlane,
                    plane_count = planeCount,
                    name_in_case = scope.Text(nameInCase, "planes.name_in_case")
                };
                Do((IntPtr raw, out IntPtr error) =>
                    loaded.Function<api_case_set_dose_planes_fn>("case_set_dose_planes")(raw, ref planes, out error));
            }
        }

        /// <summary>Throws a DosegateException of Status.Cancelled where ShouldCancel answered yes, and what a callback threw.</summary>
        public Report Check(Protocol protocol)
        {
            var report = Ask((IntPtr raw, out IntPtr answer, out IntPtr error) =>
            {
                IntPtr found = IntPtr.Zero, wrong = IntPtr.Zero;
                var status = Given(protocol, "protocol").Handle.Use("protocol", by => loaded.Function<api_check_fn>("check")(raw, by, out found, out wrong));
                answer = found;
                error = wrong;
                return status;
            });
            var made = new Report(loaded, report);
            try
            {
                callbacks.ThrowWhatWasThrown(); // after the library had asked for the last time
                return made;
            }
            catch
            {
                made.Dispose();
                throw;
            }
        }

        /// <summary>dosegate.v1.DvhRequest to dosegate.v1.DvhReport.</summary>
        public string Dvh(string request)
        {
            using (var scope = new Scope())
            {
                var text = scope.Json(request, "request");
                var answered = Document.Taken(loaded, Ask((IntPtr raw, out IntPtr answer, out IntPtr error) =>
                    loaded.Function<api_dvh_fn>("dvh")(raw, text, out answer, out error)));
                callbacks.ThrowWhatWasThrown();
                return answered;
            }
        }
    }
}
