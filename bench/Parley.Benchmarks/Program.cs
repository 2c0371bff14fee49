using BenchmarkDotNet.Running;
using Parley.Benchmarks;

if (args is ["allocations"])
    return await AllocationCheck.RunAsync();

BenchmarkSwitcher.FromAssembly(typeof(AllocationCheck).Assembly).Run(args);
return 0;
