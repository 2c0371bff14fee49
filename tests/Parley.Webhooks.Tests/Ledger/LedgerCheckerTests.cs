using Parley.Testing.Webhooks;

namespace Parley.Webhooks.Tests.Ledger;

/// <summary>A checker that cannot fail is no check.</summary>
public sealed class LedgerCheckerTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What a broken server would do, and the rule that this breaks.</summary>
    private static readonly (LedgerRule Rule, string What, Func<LedgerHistory, LedgerHistory> Plant)[] Plants =
    [
        (LedgerRule.Lost, "message", static run => run with { Stored = Without(run.Stored, static stored => stored.Name == "one") }),
        (LedgerRule.Lost, "delivery", static run => run with { Deliveries = Without(run.Deliveries, static delivery => delivery is { Message: "msg_1", Endpoint: "dead" }) }),
        (LedgerRule.Lost, "delivery of one that was stored though its sender heard nothing", static run => run with { Deliveries = Without(run.Deliveries, static delivery => delivery.Message == "msg_4") }),
        (LedgerRule.Limbo, "waiting", static run => Delivery(run, "msg_1", "dead", static delivery => delivery with { State = "waiting" })),
        (LedgerRule.Limbo, "sending", static run => Delivery(run, "msg_1", "dead", static delivery => delivery with { State = "sending" })),
        (LedgerRule.Phantom, "request", static run => run with { Receipts = [.. run.Receipts, new LedgerReceipt("ordered", "msg_9", "nine")] }),
        (LedgerRule.Phantom, "request of one that is not stored", static run => run with { Receipts = [.. run.Receipts, new LedgerReceipt("ordered", "msg_9", "5")] }),
        (LedgerRule.Phantom, "stored", static run => run with { Stored = [.. run.Stored, new LedgerStoredMessage("msg_9", "nine")] }),
        (LedgerRule.Phantom, "delivery", static run => run with { Deliveries = [.. run.Deliveries, new LedgerDelivery("msg_9", "dead", "failed", 3)] }),
        (LedgerRule.RefusedYetSent, "stored", static run => run with { Stored = [.. run.Stored, new LedgerStoredMessage("msg_6", "refused")] }),
        (LedgerRule.RefusedYetSent, "request", static run => run with { Receipts = [.. run.Receipts, new LedgerReceipt("ordered", "msg_6", "6")] }),
        (LedgerRule.Misdirected, "request", static run => run with { Receipts = [.. run.Receipts, new LedgerReceipt("flaky", "msg_1", "1")] }),
        (LedgerRule.Misdirected, "delivery", static run => run with { Deliveries = [.. run.Deliveries, new LedgerDelivery("msg_2", "dead", "failed", 3)] }),
        (LedgerRule.TwoIds, "accepted twice", static run => Message(run, "one", static message => message with { Ids = ["msg_1", "msg_7"] })),
        (LedgerRule.TwoIds, "id for two", static run => Message(run, "two", static message => message with { Ids = ["msg_1"] })),
        (LedgerRule.TwoIds, "request", static run => Receipt(run, 1, static receipt => receipt with { Id = "msg_1" })),
        (LedgerRule.Changed, "body", static run => Receipt(run, 0, static receipt => receipt with { Digest = "other" })),
        (LedgerRule.Unsigned, "request", static run => Receipt(run, 0, static receipt => receipt with { IsSigned = false })),
        (LedgerRule.NeverTaken, "no request", static run => run with { Receipts = Without(run.Receipts, static receipt => receipt.Id == "msg_1") }),
        (LedgerRule.NeverTaken, "refused", static run => Receipt(run, 0, static receipt => receipt with { Status = 500 })),
        (LedgerRule.Repeated, "sent again without a reason", static run => Attempts(
            run with { Receipts = [run.Receipts[0], .. run.Receipts] }, "msg_1", "ordered", Tried(1, 0, 200), Tried(2, 20, 200))),
        (LedgerRule.Repeated, "and not looked at", static run => Delivery(
            run with { Receipts = [run.Receipts[0], .. run.Receipts] }, "msg_1", "ordered", static delivery => delivery with { Attempts = null, Count = 2 })),
        (LedgerRule.Repeated, "taken, and said to have failed", static run => Delivery(
            Receipt(run, 2, static receipt => receipt with { Status = 204 }), "msg_3", "flaky", static delivery => delivery with { State = "failed", Count = 3 })),
        (LedgerRule.AttemptMissing, "request", static run => run with { Receipts = [.. run.Receipts, new LedgerReceipt("flaky", "msg_3", "3") { Status = 500 }] }),
        (LedgerRule.AttemptInvented, "answer", static run => Attempts(run, "msg_1", "dead", Tried(1, 0, 500), Tried(2, 10, null), Tried(3, 30, null))),
        (LedgerRule.AttemptNumbers, "hole", static run => Attempts(run, "msg_1", "dead", Tried(1, 0, null), Tried(3, 10, null), Tried(4, 30, null))),
        (LedgerRule.AttemptNumbers, "count", static run => Delivery(run, "msg_1", "dead", static delivery => delivery with { Count = 4 })),
        (LedgerRule.Interrupted, "no crash", static run => run with { Crashes = [] }),
        (LedgerRule.Interrupted, "crash at another time", static run => run with { Crashes = [Start.AddSeconds(50)] }),
        (LedgerRule.TooEarly, "second attempt", static run => Attempts(run, "msg_1", "dead", Tried(1, 0, null), Tried(2, 8, null), Tried(3, 30, null))),
        (LedgerRule.TooEarly, "more attempts than the schedule has", static run => Attempts(
            run, "msg_1", "dead", Tried(1, 0, null), Tried(2, 10, null), Tried(3, 30, null), Tried(4, 60, null))),
        (LedgerRule.GivenUpEarly, "dead letter", static run => Attempts(run, "msg_1", "dead", Tried(1, 0, null), Tried(2, 10, null))),
        (LedgerRule.AfterEnd, "request", static run => run with { Endpoints = [.. run.Endpoints.Select(static endpoint => endpoint with { EndedAt = Start.AddSeconds(-20) })] }),
        (LedgerRule.Order, "later one first", static run => run with { Receipts = [run.Receipts[1], run.Receipts[0], .. run.Receipts.Skip(2)] }),
        (LedgerRule.Order, "in between", static run => run with { Receipts = [run.Receipts[0], run.Receipts[1], run.Receipts[0], .. run.Receipts.Skip(2)] }),
    ];

    public static TheoryData<string, string> PlantNames => [.. Plants.Select(static plant => (plant.Rule.ToString(), plant.What))];

    [Theory]
    [MemberData(nameof(PlantNames))]
    public void A_planted_fault_is_found(string rule, string what)
    {
        var plant = Plants.Single(plant => plant.Rule.ToString() == rule && plant.What == what).Plant;

        Assert.Contains(rule, LedgerChecker.Check(plant(GoodRun())).Select(static violation => violation.Rule.ToString()));
    }

    [Fact]
    public void A_run_in_which_all_is_well_breaks_no_rule() => Assert.Empty(LedgerChecker.Check(GoodRun()));

    [Fact]
    public void Each_rule_is_broken_by_a_plant() =>
        Assert.Equal(Enum.GetValues<LedgerRule>().Order(), Plants.Select(static plant => plant.Rule).Distinct().Order());

    [Fact]
    public void What_was_sent_again_because_the_answer_was_lost_is_no_repetition()
    {
        var run = GoodRun();
        run = Attempts(run with { Receipts = [run.Receipts[0], .. run.Receipts] }, "msg_1", "ordered", Tried(1, 0, null), Tried(2, 20, 200));

        Assert.Empty(LedgerChecker.Check(run));
    }

    [Fact]
    public void A_message_whose_sender_heard_nothing_need_not_be_there()
    {
        var run = GoodRun();

        Assert.Contains(run.Messages, static message => message is { Name: "five", Answer: LedgerAnswer.Unknown });
        Assert.DoesNotContain(run.Stored, static stored => stored.Name == "five");
    }

    [Fact]
    public void One_that_was_given_up_before_the_receiver_had_read_it_disturbs_no_order()
    {
        var run = GoodRun();
        var late = run.Receipts[0] with { Status = null, At = Start.AddSeconds(25) };
        var again = run.Receipts[0] with { SentAt = Start.AddSeconds(20) };
        var next = run.Receipts[1] with { SentAt = Start.AddSeconds(21) };
        run = Attempts(run with { Receipts = [again, next, late, .. run.Receipts.Skip(2)] }, "msg_1", "ordered", Tried(1, 0, null), Tried(2, 20, 200));

        Assert.Empty(LedgerChecker.Check(run));
    }

    [Fact]
    public void The_order_of_two_that_were_sent_at_once_is_free()
    {
        var run = Message(GoodRun(), "one", static message => message with { AnsweredAt = 4 });

        Assert.Empty(LedgerChecker.Check(run with { Receipts = [run.Receipts[1], run.Receipts[0], .. run.Receipts.Skip(2)] }));
    }

    [Fact]
    public void The_ledger_keeps_what_it_was_told()
    {
        var ledger = new WebhookLedger();
        ledger.Add(new LedgerEndpoint("ep", [1]));
        ledger.Called("a", "1"u8, ["ep"]);
        ledger.Called("b", "2"u8, ["ep"]);
        ledger.Called("a", "1"u8, ["ep"]);
        ledger.Accepted("a", "msg_a");
        ledger.Accepted("a", "msg_a");
        ledger.Refused("b");
        ledger.Answering(ledger.Received("ep", "msg_a", "1"u8, isSigned: true, DateTimeOffset.UtcNow), 204);
        ledger.Crashed();
        ledger.Ended("ep");

        var run = ledger.With([new LedgerStoredMessage("msg_a", "a")], [new LedgerDelivery("msg_a", "ep", "succeeded", 1)]);

        Assert.Empty(LedgerChecker.Check(run));
        Assert.Equal(3, ledger.Events);
        Assert.Equal(["msg_a"], run.Messages[0].Ids);
        Assert.True(run.Messages[0].CalledAt < run.Messages[1].CalledAt && run.Messages[1].CalledAt < run.Messages[0].AnsweredAt);
        Assert.Equal((LedgerAnswer.Refused, 204, true), (run.Messages[1].Answer, run.Receipts[0].Status, run.Endpoints[0].EndedAt is not null));
        Assert.Single(run.Crashes);
    }

    /// <summary>Two in order, one that fails before a crash interrupts it, one to a dead receiver, one unknown that is there, one that is not, one refused.</summary>
    private static LedgerHistory GoodRun() => new()
    {
        Endpoints =
        [
            new LedgerEndpoint("ordered", [10]) { IsOrdered = true },
            new LedgerEndpoint("flaky", [10, 20]),
            new LedgerEndpoint("dead", [10, 20]),
        ],
        Messages =
        [
            new LedgerMessage("one", "1", ["ordered", "dead"]) { Answer = LedgerAnswer.Accepted, Ids = ["msg_1"], CalledAt = 1, AnsweredAt = 2 },
            new LedgerMessage("two", "2", ["ordered"]) { Answer = LedgerAnswer.Accepted, Ids = ["msg_2"], CalledAt = 3, AnsweredAt = 5 },
            new LedgerMessage("three", "3", ["flaky"]) { Answer = LedgerAnswer.Accepted, Ids = ["msg_3"], CalledAt = 6, AnsweredAt = 7 },
            new LedgerMessage("four", "4", ["flaky"]) { CalledAt = 8 },
            new LedgerMessage("five", "5", ["ordered"]) { CalledAt = 9 },
            new LedgerMessage("refused", "6", ["ordered"]) { Answer = LedgerAnswer.Refused, CalledAt = 10 },
        ],
        Receipts =
        [
            new LedgerReceipt("ordered", "msg_1", "1") { Status = 200, At = Start },
            new LedgerReceipt("ordered", "msg_2", "2") { Status = 200, At = Start },
            new LedgerReceipt("flaky", "msg_3", "3") { Status = 500, At = Start },
            new LedgerReceipt("flaky", "msg_4", "4") { Status = 200, At = Start },
            new LedgerReceipt("flaky", "msg_3", "3") { Status = 200, At = Start.AddSeconds(10) },
            new LedgerReceipt("flaky", "msg_3", "3") { Status = 200, At = Start.AddSeconds(12) },
        ],
        Crashes = [Start.AddSeconds(11)],
        Stored = [new("msg_1", "one"), new("msg_2", "two"), new("msg_3", "three"), new("msg_4", "four")],
        Deliveries =
        [
            new LedgerDelivery("msg_1", "ordered", "succeeded", 1) { Attempts = [Tried(1, 0, 200)] },
            new LedgerDelivery("msg_1", "dead", "failed", 3) { Attempts = [Tried(1, 0, null), Tried(2, 10, null), Tried(3, 30, null)] },
            new LedgerDelivery("msg_2", "ordered", "succeeded", 1) { Attempts = [Tried(1, 0, 200)] },
            new LedgerDelivery("msg_3", "flaky", "succeeded", 3)
            {
                Attempts = [Tried(1, 0, 500), new LedgerAttempt(2, Start.AddSeconds(10)) { Error = "interrupted" }, Tried(3, 12, 200)],
            },
            new LedgerDelivery("msg_4", "flaky", "succeeded", 1),
        ],
    };

    private static LedgerAttempt Tried(int number, int second, int? status) =>
        new(number, Start.AddSeconds(second)) { Status = status, Error = status is 200 ? null : status is null ? "connect" : "status" };

    private static LedgerHistory Receipt(LedgerHistory run, int index, Func<LedgerReceipt, LedgerReceipt> change) =>
        run with { Receipts = [.. run.Receipts.Select((receipt, at) => at == index ? change(receipt) : receipt)] };

    private static LedgerHistory Message(LedgerHistory run, string name, Func<LedgerMessage, LedgerMessage> change) =>
        run with { Messages = [.. run.Messages.Select(message => message.Name == name ? change(message) : message)] };

    private static LedgerHistory Delivery(LedgerHistory run, string message, string endpoint, Func<LedgerDelivery, LedgerDelivery> change) => run with
    {
        Deliveries = [.. run.Deliveries.Select(delivery => delivery.Message == message && delivery.Endpoint == endpoint ? change(delivery) : delivery)],
    };

    private static LedgerHistory Attempts(LedgerHistory run, string message, string endpoint, params LedgerAttempt[] attempts) =>
        Delivery(run, message, endpoint, delivery => delivery with { Attempts = attempts, Count = attempts.Length });

    private static IReadOnlyList<T> Without<T>(IReadOnlyList<T> all, Predicate<T> isGone) => [.. all.Where(one => !isGone(one))];
}
