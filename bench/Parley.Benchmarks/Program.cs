using BenchmarkDotNet.Running;
using Parley.Benchmarks;

if (args is ["allocations"])
    return await AllocationCheck.RunAsync();
if (args is ["recovery"])
    return await RecoveryCost.RunAsync();

BenchmarkSwitcher.FromAssembly(typeof(AllocationCheck).Assembly).Run(args);
return 0;
