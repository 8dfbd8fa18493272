using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Dosegate
{
    /// <summary>Loading under Linux, 64 bits.</summary>
    internal static class Elf
    {
        private const int Now = 2; // RTLD_NOW; RTLD_LOCAL is 0
        private const int NoteSegment = 4, BuildIdNote = 3;

        [StructLayout(LayoutKind.Sequential)]
        private struct Place
        {
            internal IntPtr File, Base, Symbol, At;
        }

        [StructLayout(LayoutKind.Sequential)]
        private struct Machine
        {
            [MarshalAs(UnmanagedType.ByValArray, SizeConst = 6 * 65)]
            internal byte[] Names;
        }

        [DllImport("libdl.so.2", EntryPoint = "dlopen")]
        private static extern IntPtr DlOpen(byte[] path, int mode);

        [DllImport("libdl.so.2", EntryPoint = "dlsym")]
        private static extern IntPtr DlSym(IntPtr handle, byte[] name);

        [DllImport("libdl.so.2", EntryPoint = "dlclose")]
        private static extern int DlClose(IntPtr handle);

        [DllImport("libdl.so.2", EntryPoint = "dlerror")]
        private static extern IntPtr DlError();

        [DllImport("libdl.so.2", EntryPoint = "dladdr")]
        private static extern int DlAddr(IntPtr address, out Place place);

        [DllImport("libc.so.6", EntryPoint = "uname")]
        private static extern int Uname(out Machine machine);

        private static byte[] Terminated(string text)
        {
            return Encoding.UTF8.GetBytes(text + "\0");
        }

        internal static string Architecture()
        {
            Machine machine;
            if (Uname(out machine) != 0) return "";
            const int field = 4 * 65; // sysname, nodename, release, version, machine
            var end = Array.IndexOf(machine.Names, (byte)0, field);
            return Encoding.ASCII.GetString(machine.Names, field, end - field);
        }

        /// <summary>Zero where it cannot be loaded; then `why`.</summary>
        internal static IntPtr Open(string path, out string why)
        {
            var handle = DlOpen(Terminated(path), Now);
            why = handle == IntPtr.Zero ? Marshal.PtrToStringAnsi(DlError()) ?? "unknown reason" : "";
            return handle;
        }

        internal static IntPtr Symbol(IntPtr handle, string name)
        {
            return DlSym(handle, Terminated(name));
        }

        internal static void Close(IntPtr handle)
        {
            DlClose(handle);
        }

        /// <summary>The GNU build id of the image in memory that holds `address`, in hex; empty where it has none.</summary>
        internal static string BuildId(IntPtr address)
        {
            Place place;
            if (DlAddr(address, out place) == 0 || place.Base == IntPtr.Zero) return "";
            var head = Bytes(place.Base, 0, 64);
            if (head[0] != 0x7f || head[1] != 'E' || head[4] != 2 || head[5] != 1) return ""; // 64 bits, little-endian
            var programs = BitConverter.ToInt64(head, 0x20);
            int size = BitConverter.ToUInt16(head, 0x36), count = BitConverter.ToUInt16(head, 0x38);
            for (var n = 0; n < count; ++n)
            {
                var program = Bytes(place.Base, programs + (long)n * size, 56);
                if (BitConverter.ToInt32(program, 0) != NoteSegment) continue;
                var notes = Bytes(place.Base, BitConverter.ToInt64(program, 16), (int)BitConverter.ToInt64(program, 40));
                var found = BuildIdIn(notes, BitConverter.ToInt64(program, 48) == 8 ? 8 : 4);
                if (found.Length > 0) return found;
            }
            return "";
        }

        private static byte[] Bytes(IntPtr from, long offset, int count)
        {
            var bytes = new byte[count];
            Marshal.Copy(new IntPtr(from.ToInt64() + offset), bytes, 0, count);
            return bytes;
        }

        private static string BuildIdIn(byte[] notes, int unit)
        {
            for (var at = 0; at + 12 <= notes.Length;)
            {
                int nameSize = BitConverter.ToInt32(notes, at), bodySize = BitConverter.ToInt32(notes, at + 4);
                var body = at + 12 + (nameSize + unit - 1) / unit * unit;
                if (nameSize < 0 || bodySize < 0 || body > notes.Length - bodySize) return "";
                if (BitConverter.ToInt32(notes, at + 8) == BuildIdNote && Encoding.ASCII.GetString(notes, at + 12, nameSize) == "GNU\0")
                {
                    return BitConverter.ToString(notes, body, bodySize).Replace("-", "").ToLowerInvariant();
                }
                at = body + (bodySize + unit - 1) / unit * unit;
            }
            return "";
        }
    }
}
