using Sequencer.EnclaveHost;

return await OrdinaryProcess.RunAsync(args);
