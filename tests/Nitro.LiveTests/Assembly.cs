// Each machine wants both cores of the smallest machine these tests run on.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
