using Chat.Messages;
using Chat.Rooms;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Chat.Pages;

/// <summary>The chat itself: a page for the scripts in <c>wwwroot/js</c> to fill.</summary>
[Authorize]
internal sealed class IndexModel : PageModel
{
    public IReadOnlyList<Room> Rooms => Room.All;

    public string UserName => User.Identity!.Name!;

    public int MaxMessageLength => NewMessage.MaxLength;
}
