using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Parley;

namespace Chat.Pages;

/// <summary>Logs out, and ends the connections, which were authenticated when they began and would live on.</summary>
internal sealed class LogoutModel(IParley parley) : PageModel
{
    public IActionResult OnGet() => RedirectToPage("/Index");

    public async Task<IActionResult> OnPostAsync()
    {
        await HttpContext.SignOutAsync();
        if (User.FindFirstValue(ClaimTypes.NameIdentifier) is { } user)
            await parley.DisconnectAsync(new SessionSelector(user));
        return RedirectToPage("/Login");
    }
}
