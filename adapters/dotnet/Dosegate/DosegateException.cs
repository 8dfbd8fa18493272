using System;

namespace Dosegate
{
    /// <summary>dosegate_status.</summary>
    public enum Status
    {
        InvalidArgument = Abi.DOSEGATE_INVALID_ARGUMENT,
        InvalidData = Abi.DOSEGATE_INVALID_DATA,
        NotFound = Abi.DOSEGATE_NOT_FOUND,
        Incompatible = Abi.DOSEGATE_INCOMPATIBLE,
        Cancelled = Abi.DOSEGATE_CANCELLED,
        LimitExceeded = Abi.DOSEGATE_LIMIT_EXCEEDED,
        OutOfMemory = Abi.DOSEGATE_OUT_OF_MEMORY,
        Internal = Abi.DOSEGATE_INTERNAL
    }

    /// <summary>A call that failed, and had no effect, or a library that was not loaded. A deviation from the protocol is no
    /// exception, nor is something that could not be evaluated: both are in the report.</summary>
    public sealed class DosegateException : Exception
    {
        public DosegateException(Status status, string path, string what)
            : base(path.Length == 0 ? what : path + ": " + what)
        {
            Status = status;
            Path = path;
            What = what;
        }

        public Status Status { get; }

        /// <summary>JSON path, field or file at fault; may be empty.</summary>
        public string Path { get; }

        /// <summary>What is wrong, and how to mend it; Message is Path and this.</summary>
        public string What { get; }
    }
}
