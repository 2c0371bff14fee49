namespace Chat.Rooms;

/// <summary>A room of the chat. Its messages are the channel <c>room:ID</c>, who types is <c>typing:ID</c>.</summary>
internal sealed record Room(string Id, string Name, string Topic)
{
    public static IReadOnlyList<Room> All { get; } =
    [
        new("lobby", "Lobby", "Say hello, stay a while"),
        new("garden", "Garden", "Seeds, soil and slugs"),
        new("workshop", "Workshop", "Things that are being made"),
        new("library", "Library", "What are you reading?"),
    ];

    /// <summary>The part of a channel's name after its namespace, as Parley checks it: no other channel exists.</summary>
    public static string ChannelPattern { get; } = string.Join('|', All.Select(static room => room.Id));

    public string Channel => $"room:{Id}";

    public static Room? Find(string id) => All.FirstOrDefault(room => room.Id == id);
}
