using Sequencer.EnclaveHost;

return Environment.ProcessId == 1 && NsmSource.IsMachine
    ? await FirstProcess.RunAsync()
    : await OrdinaryProcess.RunAsync(args);
