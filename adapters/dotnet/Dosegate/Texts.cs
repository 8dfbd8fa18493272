using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Dosegate
{
    /// <summary>Texts of the library as strings.</summary>
    internal static class Texts
    {
        internal static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        internal static string Of(dosegate_text text)
        {
            return Encoding.UTF8.GetString(Bytes(text));
        }

        /// <summary>A copy of a borrowed text.</summary>
        internal static byte[] Bytes(dosegate_text text)
        {
            var bytes = new byte[checked((int)text.size.ToUInt64())];
            if (bytes.Length > 0) Marshal.Copy(text.data, bytes, 0, bytes.Length);
            return bytes;
        }
    }

    /// <summary>What a call points to: arrays that stay where they are, and texts, until it is disposed of.</summary>
    internal sealed class Scope : IDisposable
    {
        private readonly List<GCHandle> pins = new List<GCHandle>();

        /// <summary>The address of an array's first element; zero where it has none.</summary>
        internal IntPtr Pin(Array array)
        {
            if (array == null || array.Length == 0) return IntPtr.Zero;
            var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
            pins.Add(pin);
            return pin.AddrOfPinnedObject();
        }

        private static byte[] Encoded(string text, string path)
        {
            try
            {
                return Texts.Utf8.GetBytes(text);
            }
            catch (EncoderFallbackException e)
            {
                throw new DosegateException(Status.InvalidData, path, "is no valid text: half a surrogate pair at character " + e.Index);
            }
        }

        /// <summary>NUL-terminated; zero for null. What would be cut short is refused.</summary>
        internal IntPtr Text(string text, string path)
        {
            if (text == null) return IntPtr.Zero;
            if (text.IndexOf('\0') >= 0) throw new DosegateException(Status.InvalidData, path, "holds a NUL character");
            return Pin(Encoded(text + "\0", path));
        }

        internal dosegate_text Json(string json, string path)
        {
            if (json == null) throw new DosegateException(Status.InvalidArgument, path, "is null");
            var bytes = Encoded(json, path);
            return new dosegate_text { data = Pin(bytes), size = new UIntPtr((uint)bytes.Length) };
        }

        public void Dispose()
        {
            foreach (var pin in pins) pin.Free();
            pins.Clear();
        }
    }
}
