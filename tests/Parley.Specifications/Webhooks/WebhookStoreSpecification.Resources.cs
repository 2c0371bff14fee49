using System.Text;
using Parley.Webhooks.Storage;

namespace Parley.Specifications.Webhooks;

public abstract partial class WebhookStoreSpecification
{
    [Fact]
    public async Task A_resource_is_read_as_it_was_added_also_after_a_restart()
    {
        var added = new Resource
        {
            Kind = ResourceKind.Endpoint,
            Id = _ids.Next(),
            Parent = _application,
            Name = "crm",
            Document = Json("""{"url":"https://example.com/ä"}"""),
        };
        await _store.AddAsync(added);
        await ReopenAsync();

        var byId = await _store.ReadAsync(ResourceKind.Endpoint, added.Id);
        var byName = await _store.FindAsync(ResourceKind.Endpoint, _application, "crm");

        foreach (var read in new[] { byId, byName })
        {
            Assert.NotNull(read);
            Assert.Equal((added.Kind, added.Id, added.Parent, added.Name, 1L), (read.Kind, read.Id, read.Parent, read.Name, read.Revision));
            Assert.Equal(Encoding.UTF8.GetString(added.Document.Span), Encoding.UTF8.GetString(read.Document.Span));
        }
    }

    [Fact]
    public async Task What_does_not_exist_is_null()
    {
        Assert.Null(await _store.ReadAsync(ResourceKind.Endpoint, Guid.NewGuid()));
        Assert.Null(await _store.ReadAsync(ResourceKind.Endpoint, _application)); // another kind
        Assert.Null(await _store.FindAsync(ResourceKind.Endpoint, _application, "nobody"));
    }

    [Fact]
    public async Task A_name_is_given_once_below_a_parent_and_kind()
    {
        await AddApplicationAsync("acme");

        Assert.Equal(ResourceWrite.NameTaken, await _store.AddAsync(
            new Resource { Kind = ResourceKind.Application, Id = _ids.Next(), Name = "acme", Document = Json("{}") }));
        Assert.Equal(ResourceWrite.Done, await _store.AddAsync(
            new Resource { Kind = ResourceKind.EventType, Id = _ids.Next(), Name = "acme", Document = Json("{}") }));
        Assert.Equal(ResourceWrite.Done, await _store.AddAsync(
            new Resource { Kind = ResourceKind.Endpoint, Id = _ids.Next(), Parent = _application, Name = "acme", Document = Json("{}") }));
    }

    [Fact]
    public async Task A_key_is_found_by_its_name_below_whatever_application_and_goes_with_it()
    {
        var other = (await AddApplicationAsync()).Id;
        var key = new Resource { Kind = ResourceKind.Key, Id = _ids.Next(), Parent = other, Name = "hash", Document = Json("{}") };
        Assert.Equal(ResourceWrite.Done, await _store.AddAsync(key));
        Assert.Equal(ResourceWrite.Done, await _store.AddAsync(key with { Kind = ResourceKind.Endpoint, Id = _ids.Next(), Parent = _application, Name = "name" }));

        Assert.Equal((key.Id, other), ((await _store.FindKeyAsync("hash"))!.Id, (await _store.FindKeyAsync("hash"))!.Parent));
        Assert.Null(await _store.FindKeyAsync("name")); // another kind
        Assert.Equal(ResourceWrite.NameTaken, await _store.AddAsync(key with { Id = _ids.Next(), Parent = _application }));

        await _store.RemoveAsync(ResourceKind.Application, other);
        Assert.Null(await _store.FindKeyAsync("hash"));
    }

    [Fact]
    public async Task A_resource_needs_its_parent() => Assert.Equal(ResourceWrite.Missing, await _store.AddAsync(
        new Resource { Kind = ResourceKind.Endpoint, Id = _ids.Next(), Parent = Guid.NewGuid(), Document = Json("{}") }));

    [Fact]
    public async Task Of_two_changes_to_the_same_revision_one_is_made()
    {
        var first = await AddApplicationAsync();
        var changed = first with { Revision = 2, Document = Json("""{"name":"a"}""") };

        Assert.Equal(ResourceWrite.Done, await _store.ReplaceAsync(changed));
        Assert.Equal(ResourceWrite.Changed, await _store.ReplaceAsync(first with { Revision = 2, Document = Json("""{"name":"b"}""") }));

        var read = await _store.ReadAsync(ResourceKind.Application, first.Id);
        Assert.Equal("""{"name":"a"}""", Encoding.UTF8.GetString(read!.Document.Span));
        Assert.Equal(2, read.Revision);
    }

    [Fact]
    public async Task A_change_takes_no_name_that_another_has()
    {
        await AddApplicationAsync("taken");
        var other = await AddApplicationAsync("free");

        Assert.Equal(ResourceWrite.NameTaken, await _store.ReplaceAsync(other with { Revision = 2, Name = "taken" }));
        Assert.Equal(1, (await _store.ReadAsync(ResourceKind.Application, other.Id))!.Revision);
        Assert.Equal(ResourceWrite.Missing, await _store.ReplaceAsync(other with { Id = Guid.NewGuid(), Revision = 2 }));
    }

    [Fact]
    public async Task A_list_has_its_pages_in_the_order_of_creation()
    {
        var added = new List<Guid>();
        for (var index = 0; index < 5; index++)
            added.Add(await AddEndpointAsync());
        await AddApplicationAsync();

        var first = await _store.ListAsync(ResourceKind.Endpoint, _application, Guid.Empty, 3);
        var second = await _store.ListAsync(ResourceKind.Endpoint, _application, first[^1].Id, 3);

        Assert.Equal(added, first.Concat(second).Select(static resource => resource.Id));
        Assert.Empty(await _store.ListAsync(ResourceKind.Endpoint, Guid.NewGuid(), Guid.Empty, 3));
    }

    [Fact]
    public async Task All_of_a_kind_are_listed_whatever_they_are_below()
    {
        var first = await AddEndpointAsync();
        var other = await AddApplicationAsync();
        var second = new Resource { Kind = ResourceKind.Endpoint, Id = _ids.Next(), Parent = other.Id, Document = Json("{}") };
        await _store.AddAsync(second);

        Assert.Equal([first], (await _store.ListAllAsync(ResourceKind.Endpoint, Guid.Empty, 1)).Select(static resource => resource.Id));
        Assert.Equal([second.Id], (await _store.ListAllAsync(ResourceKind.Endpoint, first, 10)).Select(static resource => resource.Id));
    }

    [Fact]
    public async Task All_of_a_kind_that_have_a_name_are_listed_whatever_they_are_below()
    {
        var (one, other) = (await AddApplicationAsync(), await AddApplicationAsync());
        var first = new Resource { Kind = ResourceKind.Replay, Id = _ids.Next(), Parent = one.Id, Name = "b", Document = Json("{}") };
        var nameless = first with { Id = _ids.Next(), Name = null };
        var second = first with { Id = _ids.Next(), Parent = other.Id, Name = "a" };
        var ofAnotherKind = first with { Kind = ResourceKind.Endpoint, Id = _ids.Next() };
        foreach (var resource in new[] { second, first, nameless, ofAnotherKind })
            await _store.AddAsync(resource);

        Assert.Equal([first.Id], (await _store.ListNamedAsync(ResourceKind.Replay, Guid.Empty, 1)).Select(static resource => resource.Id));
        Assert.Equal([second.Id], (await _store.ListNamedAsync(ResourceKind.Replay, first.Id, 10)).Select(static resource => resource.Id));
        await _store.ReplaceAsync(second with { Revision = 2, Name = null });
        Assert.Equal([first.Id], (await _store.ListNamedAsync(ResourceKind.Replay, Guid.Empty, 10)).Select(static resource => resource.Id));
    }

    [Fact]
    public async Task Several_changes_are_made_all_or_none_with_their_notice()
    {
        var taken = await AddApplicationAsync("taken");
        var (endpoint, listener) = (await AddEndpointAsync(), await AddEndpointAsync());
        var fresh = new Resource { Kind = ResourceKind.Application, Id = _ids.Next(), Name = "fresh", Document = Json("{}") };
        var notice = NewMessage(type: "endpoint.disabled");
        var acceptance = new Acceptance(notice, [new NewDelivery(listener, Now, IsLeased: false)]);

        Assert.Equal(ResourceWrite.NameTaken, await _store.WriteAsync(
            [ResourceChange.Add(fresh), ResourceChange.Remove(ResourceKind.Endpoint, endpoint), ResourceChange.Add(taken with { Id = _ids.Next() })], acceptance));
        Assert.Null(await _store.ReadAsync(ResourceKind.Application, fresh.Id));
        Assert.NotNull(await _store.ReadAsync(ResourceKind.Endpoint, endpoint));
        Assert.Null(await _store.ReadMessageAsync(_application, notice.Id));

        Assert.Equal(ResourceWrite.Done, await _store.WriteAsync(
            [ResourceChange.Add(fresh), ResourceChange.Remove(ResourceKind.Endpoint, endpoint)], acceptance));
        Assert.NotNull(await _store.ReadAsync(ResourceKind.Application, fresh.Id));
        Assert.Null(await _store.ReadAsync(ResourceKind.Endpoint, endpoint));
        Assert.Equal(notice.Id, (await ClaimAsync(listener)).Deliveries[0].Message!.Id);
    }

    [Fact]
    public async Task No_more_are_added_below_a_parent_than_it_may_have_whoever_adds_them()
    {
        const int Most = 3;
        await AddEndpointAsync();
        var other = (await AddApplicationAsync()).Id;
        Task<ResourceWrite> TryAddAsync(Guid parent) => _store.WriteAsync(
            [ResourceChange.Add(new Resource { Kind = ResourceKind.Endpoint, Id = _ids.Next(), Parent = parent, Document = Json("{}") }, Most)]).AsTask();

        var writes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => TryAddAsync(_application))));

        Assert.Equal((Most - 1, 16 - Most + 1), (writes.Count(static write => write is ResourceWrite.Done), writes.Count(static write => write is ResourceWrite.Full)));
        var added = await _store.ListAsync(ResourceKind.Endpoint, _application, Guid.Empty, 20);
        Assert.Equal(Most, added.Count);
        Assert.Equal(ResourceWrite.Done, await TryAddAsync(other));
        await _store.RemoveAsync(ResourceKind.Endpoint, added[0].Id);
        Assert.Equal(ResourceWrite.Done, await TryAddAsync(_application));
        Assert.Equal(ResourceWrite.Missing, await TryAddAsync(Guid.NewGuid()));
    }

    [Fact]
    public async Task Of_calls_with_one_record_one_is_made_and_the_others_leave_nothing()
    {
        Task<ResourceWrite> TryCallAsync() => _store.WriteAsync(
        [
            ResourceChange.Add(new Resource { Kind = ResourceKind.Idempotency, Id = _ids.Next(), Parent = _application, Name = "record", Document = Json("{}") }),
            ResourceChange.Add(new Resource { Kind = ResourceKind.Endpoint, Id = _ids.Next(), Parent = _application, Document = Json("{}") }, 10),
        ]).AsTask();

        var writes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(TryCallAsync)));

        Assert.Equal((1, 15), (writes.Count(static write => write is ResourceWrite.Done), writes.Count(static write => write is ResourceWrite.NameTaken)));
        Assert.Single(await _store.ListAsync(ResourceKind.Endpoint, _application, Guid.Empty, 20));
        Assert.Single(await _store.ListAsync(ResourceKind.Idempotency, _application, Guid.Empty, 20));
        await _store.RemoveAsync(ResourceKind.Application, _application);
        Assert.Empty(await _store.ListAllAsync(ResourceKind.Idempotency, Guid.Empty, 20));
    }

    [Fact]
    public async Task An_application_goes_with_all_that_is_below_it()
    {
        var endpoint = await AddEndpointAsync();

        Assert.Equal(ResourceWrite.Done, await _store.RemoveAsync(ResourceKind.Application, _application));

        Assert.Null(await _store.ReadAsync(ResourceKind.Endpoint, endpoint));
        Assert.Equal(ResourceWrite.Missing, await _store.RemoveAsync(ResourceKind.Application, _application));
    }

    [Fact]
    public async Task Names_and_documents_are_data_and_never_sql()
    {
        const string Name = "'); DROP TABLE resources; -- \" \\ %_ \u0001 ünï 🙂";
        var resource = new Resource { Kind = ResourceKind.Application, Id = _ids.Next(), Name = Name, Document = Json("{\"x\":\"'--\"}") };

        Assert.Equal(ResourceWrite.Done, await _store.AddAsync(resource));

        Assert.Equal(resource.Id, (await _store.FindAsync(ResourceKind.Application, Guid.Empty, Name))!.Id);
    }
}
