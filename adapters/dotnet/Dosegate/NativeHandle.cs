using System;
using System.Runtime.InteropServices;

namespace Dosegate
{
    /// <summary>A handle of the library, released once, at the latest by the garbage collector. What a running call uses is
    /// released when that call returns.</summary>
    internal sealed class NativeHandle : SafeHandle
    {
        private readonly Loaded loaded;
        private readonly Action<IntPtr> release;

        internal NativeHandle(Loaded loaded, IntPtr raw, Action<IntPtr> release) : base(IntPtr.Zero, true)
        {
            this.loaded = loaded;
            this.release = release;
            loaded.Take();
            SetHandle(raw);
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        protected override bool ReleaseHandle()
        {
            release(handle);
            loaded.LetGo();
            return true;
        }

        /// <summary>Calls with the raw handle, which lives as long.</summary>
        internal T Use<T>(string name, Func<IntPtr, T> call)
        {
            var taken = false;
            try
            {
                try
                {
                    DangerousAddRef(ref taken);
                }
                catch (ObjectDisposedException)
                {
                    throw new DosegateException(Status.InvalidArgument, name, "is disposed of");
                }
                return call(handle);
            }
            finally
            {
                if (taken) DangerousRelease();
            }
        }
    }
}
