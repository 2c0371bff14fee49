using Xunit.v3;

// Scenarios wait for networks, pings and tokens much more than they compute: more of them at once than there are processors.
[assembly: Parallelization(MaxThreads = 5)]
