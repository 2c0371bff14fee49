using Parley.Server.Commands;
using Parley.Webhooks;

// The server starts itself anew to run users' scripts apart from it.
return WebhookTransformationWorker.RunIfAsked(args) ? ExitCodes.Success : await CommandLine.RunAsync(args, Console.Out, Console.Error);
