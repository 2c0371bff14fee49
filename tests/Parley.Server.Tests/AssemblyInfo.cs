using System.Runtime.Versioning;

// The tests send signals, run `sh` and look at file modes.
[assembly: UnsupportedOSPlatform("windows")]
