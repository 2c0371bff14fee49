using Parley.Webhooks;

// What every application with webhooks begins with.
if (WebhookTransformationWorker.RunIfAsked(args)) return 0;

Console.WriteLine("This application has nothing else to do.");
return 1;
