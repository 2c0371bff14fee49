using Parley.Server.Configuration;

namespace Parley.Server.Tests.Configuration;

public sealed class KeyFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadOrCreate_without_a_file_makes_two_different_keys_of_256_bits()
    {
        var keys = new KeyFile(_folder.File("data")).ReadOrCreate();

        Assert.NotEqual(keys.TokenSecret, keys.ApiKey);
        Assert.All([keys.TokenSecret, keys.ApiKey], key => Assert.Equal(32, System.Buffers.Text.Base64Url.DecodeFromChars(key).Length));
    }

    [Fact]
    public void ReadOrCreate_twice_gives_the_same_keys()
    {
        var first = new KeyFile(_folder.File("data")).ReadOrCreate();

        Assert.Equal(first, new KeyFile(_folder.File("data")).ReadOrCreate());
    }

    [Fact]
    public void ReadOrCreate_makes_a_folder_and_a_file_that_only_the_owner_can_read()
    {
        new KeyFile(_folder.File("data")).ReadOrCreate();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.KeyFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.File("data")));
    }

    [Fact]
    public async Task ReadOrCreate_many_times_at_once_gives_everybody_the_same_keys_and_leaves_one_file()
    {
        using var start = new ManualResetEventSlim();
        var racers = Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.Wait();
                return new KeyFile(_folder.File("data")).ReadOrCreate();
            },
            TaskCreationOptions.LongRunning)).ToArray();
        start.Set();

        var keys = await Task.WhenAll(racers);

        Assert.Single(keys.Distinct());
        Assert.Equal([_folder.KeyFile], Directory.GetFiles(_folder.File("data")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"tokenSecret":"canary-canary-canary-canary-canary-1","apiKey":"canary-too-short"}""")]
    public void ReadOrCreate_of_a_damaged_file_says_so_shows_nothing_of_it_and_leaves_it_alone(string content)
    {
        _folder.Write("data/keys.json", content);

        var exception = Assert.Throws<KeyFileException>(() => new KeyFile(_folder.File("data")).ReadOrCreate());

        Assert.Contains("damaged", exception.Message);
        Assert.DoesNotContain("canary", exception.ToString());
        Assert.Equal(content, File.ReadAllText(_folder.KeyFile));
    }

    [Fact]
    public void ReadOrCreate_where_no_folder_can_be_made_names_the_remedy()
    {
        _folder.Write("file", "");

        var exception = Assert.Throws<KeyFileException>(() => new KeyFile(_folder.File("file/data")).ReadOrCreate());

        Assert.Contains("Parley:DataDirectory", exception.Message);
    }

    [Fact]
    public void IsReadableByOthers_tells_a_loose_mode_from_a_tight_one()
    {
        var file = new KeyFile(_folder.File("data"));
        file.ReadOrCreate();
        Assert.False(file.IsReadableByOthers());

        File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.True(file.IsReadableByOthers());
    }
}
