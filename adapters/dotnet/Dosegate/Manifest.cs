using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Dosegate
{
    /// <summary>manifest.json: which file the library is, readable before anything is loaded.</summary>
    public sealed class Manifest
    {
        private const string Schema = "dosegate.manifest.v1";
        private const int MostBytes = 1 << 20;
        private readonly string file;

        private Manifest(string file)
        {
            this.file = file;
        }

        public string Version { get; private set; }
        public string IntendedUse { get; private set; }
        /// <summary>Relative to the manifest's folder, without "..".</summary>
        public string LibraryPath { get; private set; }
        public string LibrarySha256 { get; private set; }
        public string Architecture { get; private set; }
        public string BuildId { get; private set; }
        public uint AbiMin { get; private set; }
        public uint AbiMax { get; private set; }
        public string EntryPoint { get; private set; }

        internal static Manifest Read(string file)
        {
            return new Manifest(file).Fill(ReadText(file));
        }

        private static string ReadText(string file)
        {
            try
            {
                using (var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read))
                {
                    if (stream.Length > MostBytes)
                    {
                        throw new DosegateException(Status.LimitExceeded, file, "the manifest is larger than 1 MiB");
                    }
                    using (var reader = new StreamReader(stream, new UTF8Encoding(false, true))) return reader.ReadToEnd();
                }
            }
            catch (FileNotFoundException e)
            {
                throw new DosegateException(Status.NotFound, file, "the manifest of Dosegate cannot be opened: " + e.Message);
            }
            catch (DirectoryNotFoundException e)
            {
                throw new DosegateException(Status.NotFound, file, "the manifest of Dosegate cannot be opened: " + e.Message);
            }
            catch (Exception e) when (e is IOException || e is UnauthorizedAccessException || e is DecoderFallbackException)
            {
                throw new DosegateException(Status.InvalidData, file, "this manifest cannot be read: " + e.Message);
            }
        }

        private DosegateException Fail(string where, string what)
        {
            return new DosegateException(Status.InvalidData, file + " " + where, what + "; reinstall Dosegate");
        }

        private T Member<T>(Dictionary<string, object> parent, string where, string name, string kind)
        {
            object value;
            if (!parent.TryGetValue(name, out value)) throw Fail(where + "." + name, "is missing");
            if (!(value is T)) throw Fail(where + "." + name, "must be " + kind);
            return (T)value;
        }

        private string Text(Dictionary<string, object> parent, string where, string name)
        {
            var value = Member<string>(parent, where, name, "a string");
            if (value.Length == 0) throw Fail(where + "." + name, "is empty");
            if (value.IndexOf('\0') >= 0) throw Fail(where + "." + name, "holds a NUL character");
            return value;
        }

        private string Hex(Dictionary<string, object> parent, string where, string name, int least, int most)
        {
            var value = Text(parent, where, name);
            if (value.Length < least || value.Length > most || value.Any(c => "0123456789abcdef".IndexOf(c) < 0))
            {
                throw Fail(where + "." + name, "must be lower-case hex digits");
            }
            return value;
        }

        private uint Number(Dictionary<string, object> parent, string where, string name)
        {
            var value = Member<double>(parent, where, name, "a whole number");
            if (!(value >= 0 && value <= 999999999 && value == Math.Floor(value)))
            {
                throw Fail(where + "." + name, "must be a whole number from 0 to 999999999");
            }
            return (uint)value;
        }

        private string Inside(Dictionary<string, object> parent, string where, string name)
        {
            var path = Text(parent, where, name);
            if (path.IndexOf('\\') >= 0 || path.IndexOf(':') >= 0 || path.Split('/').Any(p => p.Length == 0 || p == "." || p == ".."))
            {
                throw Fail(where + "." + name, "\"" + path + "\" must name a file inside the manifest's folder");
            }
            return path;
        }

        private Manifest Fill(string text)
        {
            Dictionary<string, object> root;
            try
            {
                root = Json.Read(text) as Dictionary<string, object>;
            }
            catch (FormatException e)
            {
                throw new DosegateException(Status.InvalidData, file, "this manifest cannot be read: " + e.Message + "; reinstall Dosegate");
            }
            if (root == null) throw Fail("$", "a JSON object is expected");
            if (Text(root, "$", "schema") != Schema) throw Fail("$.schema", "is not \"" + Schema + "\"");
            if (Text(root, "$", "id") != "dosegate") throw Fail("$.id", "is not \"dosegate\": the manifest of another plugin");
            var library = Member<Dictionary<string, object>>(root, "$", "library", "an object");
            var abi = Member<Dictionary<string, object>>(root, "$", "abi", "an object");
            Version = Text(root, "$", "version");
            IntendedUse = Text(root, "$", "intendedUse");
            LibraryPath = Inside(library, "$.library", "path");
            LibrarySha256 = Hex(library, "$.library", "sha256", 64, 64);
            Architecture = Text(library, "$.library", "architecture");
            BuildId = Hex(library, "$.library", "buildId", 8, 128);
            AbiMin = Number(abi, "$.abi", "min");
            AbiMax = Number(abi, "$.abi", "max");
            if (AbiMin == 0 || AbiMin > AbiMax) throw Fail("$.abi", "min must be at least 1 and not over max");
            EntryPoint = Text(abi, "$.abi", "entryPoint");
            return this;
        }
    }
}
