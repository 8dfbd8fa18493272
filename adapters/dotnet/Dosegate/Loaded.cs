using System;
using System.Collections.Concurrent;
using System.IO;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Threading;

namespace Dosegate
{
    /// <summary>An open library and its table. It is closed when the Library and the last handle have let go of it.</summary>
    internal sealed class Loaded
    {
        private static readonly int TableSize = Marshal.SizeOf(typeof(dosegate_api));
        private readonly IntPtr library;
        private readonly uint valid;
        private readonly ConcurrentDictionary<string, object> functions = new ConcurrentDictionary<string, object>();
        private int users = 1;

        private Loaded(Manifest manifest, IntPtr library, dosegate_api api)
        {
            Manifest = manifest;
            this.library = library;
            Api = api;
            valid = api.struct_size;
        }

        internal Manifest Manifest { get; }
        internal dosegate_api Api { get; }

        internal void Take()
        {
            Interlocked.Increment(ref users);
        }

        internal void LetGo()
        {
            if (Interlocked.Decrement(ref users) == 0) Elf.Close(library);
        }

        /// <summary>A function of the table, by its member. NotFound where this library has it not.</summary>
        internal T Function<T>(string member) where T : class
        {
            object known;
            if (functions.TryGetValue(member, out known)) return (T)known;
            var offset = Marshal.OffsetOf(typeof(dosegate_api), member).ToInt64();
            if (offset + IntPtr.Size > valid)
            {
                throw new DosegateException(Status.NotFound, member, "the library is older than this function; install the newer one");
            }
            var address = (IntPtr)typeof(dosegate_api).GetField(member, System.Reflection.BindingFlags.Instance |
                                                                        System.Reflection.BindingFlags.NonPublic).GetValue(Api);
            var function = Marshal.GetDelegateForFunctionPointer<T>(address);
            functions[member] = function;
            return function;
        }

        /// <summary>Throws what `error` says, and releases it, unless status is OK.</summary>
        internal void Require(int status, IntPtr error)
        {
            if (status == Abi.DOSEGATE_OK) return;
            var path = Texts.Of(Function<api_error_path_fn>("error_path")(error));
            var message = Texts.Of(Function<api_error_message_fn>("error_message")(error));
            Function<api_error_release_fn>("error_release")(error);
            var known = Enum.IsDefined(typeof(Status), status) ? (Status)status : Status.Internal;
            throw new DosegateException(known, path, message.Length > 0 ? message : "the call failed with status " + status);
        }

        internal static Loaded Load(string manifestPath)
        {
            var manifest = Manifest.Read(manifestPath);
            if (Environment.OSVersion.Platform != PlatformID.Unix || IntPtr.Size != 8)
            {
                throw new DosegateException(Status.Incompatible, manifestPath, "this assembly loads the library under Linux, in 64 bits");
            }
            if (manifest.Architecture != Elf.Architecture())
            {
                throw new DosegateException(Status.Incompatible, manifestPath + " $.library.architecture", "the library is for " +
                    manifest.Architecture + ", this machine is " + Elf.Architecture());
            }
            if (manifest.AbiMin > Abi.DOSEGATE_ABI_VERSION || manifest.AbiMax < Abi.DOSEGATE_ABI_VERSION)
            {
                throw new DosegateException(Status.Incompatible, manifestPath + " $.abi", "the library offers ABI " + manifest.AbiMin +
                    " to " + manifest.AbiMax + ", this assembly needs ABI " + Abi.DOSEGATE_ABI_VERSION);
            }
            var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(manifestPath));
            return LoadChecked(manifest, folder);
        }

        private static Loaded LoadChecked(Manifest manifest, string folder)
        {
            var path = folder;
            foreach (var part in manifest.LibraryPath.Split('/'))
            {
                path = System.IO.Path.Combine(path, part);
                if (!File.Exists(path) && !Directory.Exists(path))
                {
                    throw new DosegateException(Status.NotFound, path, "the library named by the manifest is not there");
                }
                if ((File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0)
                {
                    throw new DosegateException(Status.InvalidData, path, "is a symbolic link, which is refused here");
                }
            }
            FileStream file;
            try
            {
                file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            }
            catch (Exception e) when (e is IOException || e is UnauthorizedAccessException)
            {
                throw new DosegateException(Status.InvalidData, path, "cannot be opened: " + e.Message);
            }
            using (file)
            {
                return Open(manifest, path, file);
            }
        }

        // The file stays open meanwhile, so that what was hashed is what is loaded unless somebody replaced it; then the build
        // id tells.
        private static Loaded Open(Manifest manifest, string path, FileStream file)
        {
            string sha256;
            using (var hash = SHA256.Create())
            {
                sha256 = BitConverter.ToString(hash.ComputeHash(file)).Replace("-", "").ToLowerInvariant();
            }
            if (sha256 != manifest.LibrarySha256)
            {
                throw new DosegateException(Status.InvalidData, path, "is not the library that the manifest describes (SHA-256 " + sha256 +
                    ", expected " + manifest.LibrarySha256 + "): damaged, replaced or half upgraded; reinstall Dosegate");
            }
            string why;
            var library = Elf.Open(path, out why);
            if (library == IntPtr.Zero) throw new DosegateException(Status.Incompatible, path, "cannot be loaded: " + why);
            var entry = Elf.Symbol(library, manifest.EntryPoint);
            var buildId = entry == IntPtr.Zero ? "" : Elf.BuildId(entry);
            if (buildId != manifest.BuildId)
            {
                Elf.Close(library);
                throw new DosegateException(Status.Incompatible, path, "another build of Dosegate is in memory (build " + buildId +
                    ", the manifest says " + manifest.BuildId + "): Dosegate was upgraded while this program ran; restart it");
            }
            var asked = new dosegate_negotiate_in
            {
                struct_size = (uint)Marshal.SizeOf(typeof(dosegate_negotiate_in)),
                abi_min = Abi.DOSEGATE_ABI_VERSION,
                abi_max = Abi.DOSEGATE_ABI_VERSION
            };
            var api = new dosegate_api { struct_size = (uint)TableSize };
            var status = Marshal.GetDelegateForFunctionPointer<dosegate_negotiate_fn>(entry)(ref asked, ref api);
            if (status != Abi.DOSEGATE_OK)
            {
                Elf.Close(library);
                throw new DosegateException(Status.Incompatible, path, "and this assembly have no ABI version in common");
            }
            return new Loaded(manifest, library, api);
        }
    }
}
