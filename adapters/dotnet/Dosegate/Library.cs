using System;
using System.IO;
using System.Threading;

namespace Dosegate
{
    /// <summary>dosegate_verdict. Only Pass lets a plan through.</summary>
    public enum Verdict
    {
        Unspecified = Abi.DOSEGATE_VERDICT_UNSPECIFIED,
        Pass = Abi.DOSEGATE_VERDICT_PASS,
        Fail = Abi.DOSEGATE_VERDICT_FAIL,
        Incomplete = Abi.DOSEGATE_VERDICT_INCOMPLETE
    }

    /// <summary>The loaded library. Every method from any thread. It is unloaded when it and all that it made are disposed of.</summary>
    public sealed class Library : IDisposable
    {
        private Loaded loaded;

        private Library(Loaded loaded)
        {
            this.loaded = loaded;
        }

        /// <summary>Loads the library that a manifest.json names, if it is the one that the manifest describes.</summary>
        /// <param name="manifest">Its path, or the folder that holds it. Nothing else is searched.</param>
        public static Library Load(string manifest)
        {
            return new Library(Loaded.Load(Directory.Exists(manifest) ? Path.Combine(manifest, "manifest.json") : manifest));
        }

        internal Loaded Open
        {
            get
            {
                var open = loaded;
                if (open == null) throw new DosegateException(Status.InvalidArgument, "library", "is disposed of");
                return open;
            }
        }

        public Manifest Manifest
        {
            get { return Open.Manifest; }
        }

        public void Dispose()
        {
            var open = Interlocked.Exchange(ref loaded, null);
            if (open != null) open.LetGo();
        }

        /// <param name="id">Null: the default protocol.</param>
        public Protocol BuiltinProtocol(string id = null)
        {
            using (var scope = new Scope())
            {
                IntPtr raw, error;
                var status = Open.Function<api_protocol_builtin_fn>("protocol_builtin")(scope.Text(id, "id"), out raw, out error);
                Open.Require(status, error);
                return new Protocol(Open, raw);
            }
        }

        /// <summary>dosegate.v1.Protocol.</summary>
        public Protocol LoadProtocol(string json)
        {
            using (var scope = new Scope())
            {
                IntPtr raw, error;
                var status = Open.Function<api_protocol_load_fn>("protocol_load")(scope.Json(json, "protocol"), out raw, out error);
                Open.Require(status, error);
                return new Protocol(Open, raw);
            }
        }

        /// <summary>dosegate.v1.ProtocolList: those built in.</summary>
        public string Protocols()
        {
            IntPtr raw, error;
            var status = Open.Function<api_protocol_list_fn>("protocol_list")(out raw, out error);
            Open.Require(status, error);
            return Document.Taken(Open, raw);
        }

        /// <summary>dosegate.v1.LintReport.</summary>
        public string LintProtocol(string json)
        {
            using (var scope = new Scope())
            {
                IntPtr raw, error;
                var status = Open.Function<api_protocol_lint_fn>("protocol_lint")(scope.Json(json, "protocol"), out raw, out error);
                Open.Require(status, error);
                return Document.Taken(Open, raw);
            }
        }

        public Case MakeCase(Host host = null)
        {
            return new Case(Open, host ?? new Host());
        }
    }

    internal static class Document
    {
        /// <summary>The JSON of a document, which is released.</summary>
        internal static string Taken(Loaded loaded, IntPtr raw)
        {
            using (var handle = new NativeHandle(loaded, raw, loaded.Function<api_document_release_fn>("document_release").Invoke))
            {
                return handle.Use("document", h => Texts.Of(loaded.Function<api_document_json_fn>("document_json")(h)));
            }
        }
    }

    /// <summary>A trial's protocol, immutable; may be shared by threads.</summary>
    public sealed class Protocol : IDisposable
    {
        private readonly Loaded loaded;
        internal readonly NativeHandle Handle;

        internal Protocol(Loaded loaded, IntPtr raw)
        {
            this.loaded = loaded;
            Handle = new NativeHandle(loaded, raw, loaded.Function<api_protocol_release_fn>("protocol_release").Invoke);
        }

        /// <summary>As it was loaded.</summary>
        public string Json
        {
            get { return Handle.Use("protocol", h => Texts.Of(loaded.Function<api_protocol_json_fn>("protocol_json")(h))); }
        }

        public void Dispose()
        {
            Handle.Dispose();
        }
    }

    /// <summary>A verdict and its findings, immutable: the same case gives the same bytes.</summary>
    public sealed class Report : IDisposable
    {
        private readonly Loaded loaded;
        private readonly NativeHandle handle;

        internal Report(Loaded loaded, IntPtr raw)
        {
            this.loaded = loaded;
            handle = new NativeHandle(loaded, raw, loaded.Function<api_report_release_fn>("report_release").Invoke);
        }

        public Verdict Verdict
        {
            get
            {
                var verdict = handle.Use("report", h => loaded.Function<api_report_verdict_fn>("report_verdict")(h));
                return Enum.IsDefined(typeof(Verdict), verdict) ? (Verdict)verdict : Verdict.Unspecified;
            }
        }

        public bool Passed
        {
            get { return Verdict == Verdict.Pass; }
        }

        /// <summary>dosegate.v1.Report, UTF-8, as the library wrote it.</summary>
        public byte[] JsonBytes
        {
            get { return handle.Use("report", h => Texts.Bytes(loaded.Function<api_report_json_fn>("report_json")(h))); }
        }

        public string Json
        {
            get { return Texts.Utf8.GetString(JsonBytes); }
        }

        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
