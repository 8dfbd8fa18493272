using System;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Dosegate
{
    /// <summary>What a host offers during a call. The callbacks come on the thread that calls; what one of them throws ends
    /// the call and is thrown from it.</summary>
    public sealed class Host
    {
        /// <summary>How many threads a call may keep busy; answers do not depend on it.</summary>
        public uint Threads { get; set; } = 1;
        /// <summary>Severity 0 debug .. 3 error, and the message.</summary>
        public Action<int, string> Log { get; set; }
        /// <summary>0..1.</summary>
        public Action<double> Progress { get; set; }
        /// <summary>Asked some hundred times a second.</summary>
        public Func<bool> ShouldCancel { get; set; }
    }

    /// <summary>A host as a case has it: keeps the delegates alive, and what one of them threw, which cannot cross C.</summary>
    internal sealed class Callbacks
    {
        private readonly host_log_fn log;
        private readonly host_progress_fn progress;
        private readonly host_should_cancel_fn shouldCancel;
        private ExceptionDispatchInfo thrown;
        internal dosegate_host Struct;

        internal Callbacks(Host host)
        {
            Struct.struct_size = (uint)Marshal.SizeOf(typeof(dosegate_host));
            Struct.threads = host.Threads;
            if (host.Log != null)
            {
                log = (user, severity, message) => Guarded(() => host.Log(severity, Marshalled(message)));
                Struct.log = Marshal.GetFunctionPointerForDelegate(log);
            }
            if (host.Progress != null)
            {
                progress = (user, fraction) => Guarded(() => host.Progress(fraction));
                Struct.progress = Marshal.GetFunctionPointerForDelegate(progress);
            }
            shouldCancel = user =>
            {
                var wants = false;
                if (host.ShouldCancel != null) Guarded(() => wants = host.ShouldCancel());
                return wants || thrown != null ? 1 : 0;
            };
            if (host.Log != null || host.Progress != null || host.ShouldCancel != null)
            {
                Struct.should_cancel = Marshal.GetFunctionPointerForDelegate(shouldCancel);
            }
        }

        private static string Marshalled(IntPtr text)
        {
            var size = 0;
            while (Marshal.ReadByte(text, size) != 0) ++size;
            return Texts.Of(new dosegate_text { data = text, size = new UIntPtr((uint)size) });
        }

        private void Guarded(Action action)
        {
            if (thrown != null) return;
            try
            {
                action();
            }
            catch (Exception e)
            {
                thrown = ExceptionDispatchInfo.Capture(e);
            }
        }

        internal void ThrowWhatWasThrown()
        {
            var was = thrown;
            thrown = null;
            if (was != null) was.Throw();
        }
    }
}
