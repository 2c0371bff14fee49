using System.ComponentModel.DataAnnotations;
using Chat.Accounts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Chat.Pages;

/// <summary>Asks for a name. Razor Pages checks the antiforgery token of every POST.</summary>
internal sealed class LoginModel : PageModel
{
    public const int MaxLength = 24;

    [BindProperty]
    [Required(ErrorMessage = "Please enter a name.")]
    [StringLength(MaxLength, ErrorMessage = "A name has at most {1} characters.")]
    [RegularExpression(@"[\p{L}\p{M}\p{N} .'_-]*", ErrorMessage = "A name has letters, digits, spaces and . ' _ - only.")]
    public string Name { get; set; } = "";

    public async Task<IActionResult> OnPostAsync(string? returnUrl)
    {
        if (!ModelState.IsValid)
            return Page();

        await HttpContext.SignInAsync(Name.Trim());
        return Url.IsLocalUrl(returnUrl) ? LocalRedirect(returnUrl) : RedirectToPage("/Index");
    }
}
