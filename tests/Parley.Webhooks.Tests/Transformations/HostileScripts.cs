using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Tests.Transformations;

/// <summary>Scripts that have ended a process, taken its memory, or tried to leave it.</summary>
internal static class HostileScripts
{
    private const string Error = TransformationErrors.ScriptError;
    private const string Memory = TransformationErrors.OutOfMemory;
    private const string Slow = TransformationErrors.Timeout;
    private const string Invalid = TransformationErrors.InvalidResult;

    /// <summary>By what they try: the script, and the errors it may end with.</summary>
    public static IReadOnlyDictionary<string, (string Script, string[] Codes)> All { get; } = new Dictionary<string, (string, string[])>
    {
        // Time
        ["endless loop"] = (In("while (true) {}"), [Slow]),
        ["endless loop that catches"] = (In("while (true) { try { while (true) {} } catch {} }"), [Slow]),
        ["endless loop in a callback"] = (In("[3, 2, 1].sort(() => { while (true) {} });"), [Slow]),
        ["endless generator"] = (In("function* g() { while (true) yield 1; } for (const x of g()) {}"), [Slow, Memory]),
        ["endless promises"] = ("(function next() { Promise.resolve().then(next); })(); " + Transformers.Same, [Slow, Memory]),
        ["endless await"] = ("(async () => { while (true) await 1; })(); " + Transformers.Same, [Slow, Memory]),
        ["endless loop outside of the function"] = ("while (true) {} " + Transformers.Same, [Slow]),
        ["regular expression of the text"] = (In("/(a+)+$/.test('a'.repeat(64) + 'b'); return webhook;"), [Slow]),
        ["regular expression at run time"] = (In("new RegExp('(a+)+$').test('a'.repeat(64) + 'b'); return webhook;"), [Slow]),
        ["waiting"] = (In("Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0);"), [Error]),

        // Stack
        ["recursion"] = (In("function f() { return f() + 1; } f();"), [Error]),
        ["recursion that catches"] = (In("function f() { try { f(); } catch { f(); } } f(); return null.x;"), [Error, Slow]),
        ["stringify of a deep array"] = (In("let a = []; for (let i = 0; i < 100000; i++) a = [a]; JSON.stringify(a);"), [Error, Memory]),
        ["payload that is a deep array"] = (In("let a = []; for (let i = 0; i < 100000; i++) a = [a]; webhook.payload = a; return webhook;"), [Error, Memory]),
        ["proxy that asks itself"] = (In("const p = new Proxy({}, { get(t, k, receiver) { return receiver[k]; } }); return p.x;"), [Error]),
        ["toString that calls itself"] = (In("const o = { toString() { return '' + this; } }; return '' + o;"), [Error]),
        ["flat of a deep array"] = (In("let a = []; for (let i = 0; i < 100000; i++) a = [a]; a.flat(Infinity);"), [Error, Memory]),
        ["new of itself"] = (In("function F() { return new F(); } new F();"), [Error]),
        ["text of a deep array"] = (In("let a = []; for (let i = 0; i < 100000; i++) a = [a]; String(a);"), [Error, Memory, Slow]),
        ["deep JSON"] = (In("JSON.parse('['.repeat(1000000));"), [Error, Memory, Slow]),
        ["deep regular expression"] = (In("new RegExp('('.repeat(100000) + ')'.repeat(100000)).test('a'); return null.x;"), [Error, Memory, Slow]),

        // Memory
        ["string that doubles"] = (In("let s = 'a'; while (true) s += s;"), [Memory]),
        ["string that is repeated"] = (In("const s = 'a'.repeat(5e8); return s.x.y;"), [Memory]),
        ["string that is padded"] = (In("const s = 'a'.padEnd(5e8); return s.x.y;"), [Memory]),
        ["string that is replaced"] = (In("const s = 'a'.repeat(4e6).replaceAll('a', 'b'.repeat(1000)); return s.x.y;"), [Memory]),
        ["stringify of shared references"] = (In("let a = 'x'; for (let i = 0; i < 30; i++) a = [a, a]; JSON.stringify(a);"), [Memory, Slow]),
        ["payload of shared references"] = (In("let a = 'x'; for (let i = 0; i < 30; i++) a = [a, a]; webhook.payload = a; return webhook;"), [Memory, Slow]),
        ["array that is too long"] = (In("new Array(4e9).fill(1);"), [Memory, Error]),
        ["array that grows"] = (In("const a = []; while (true) a.push(a.slice());"), [Memory]),
        ["join of a long array"] = (In("const s = new Array(900000).join('x'.repeat(10000)); return s.x.y;"), [Memory]),
        ["buffer"] = (In("const b = new Uint8Array(2e9); return b.x.y;"), [Memory, Error]),
        ["map that grows"] = (In("const m = new Map(); for (let i = 0; ; i++) m.set(i, 'x'.repeat(100));"), [Memory]),
        ["integer power"] = (In("const b = 2n ** 1000000000n; return b.x.y;"), [Memory, Error]),
        ["integer shift"] = (In("const b = 1n << 8000000000n; return b.x.y;"), [Memory, Error]),

        // Escape
        ["eval"] = (In("eval('1');"), [Error]),
        ["indirect eval"] = (In("(0, eval)('1');"), [Error]),
        ["Function"] = (In("new Function('return 1')();"), [Error]),
        ["constructor of a function"] = (In("(() => {}).constructor('return 1')();"), [Error]),
        ["constructor of an async function"] = (In("(async () => {}).constructor('return 1')();"), [Error]),
        ["constructor of a generator"] = (In("(function* () {}).constructor('yield 1')().next();"), [Error]),
        ["namespaces of the platform"] = (In("return System.IO.File.ReadAllText('/etc/passwd');"), [Error]),
        ["importNamespace"] = (In("return importNamespace('System').Environment;"), [Error]),
        ["type of a host object"] = (In("return webhook.GetType().Assembly;"), [Error]),
        ["require"] = (In("return require('fs');"), [Error]),
        ["process"] = (In("return process.env;"), [Error]),
        ["caller"] = (In("return transform.caller.x;"), [Error]),
        ["global function"] = (In("return globalThis.fetch('http://localhost');"), [Error]),

        // Result
        ["getter of the result"] = (In("return { get url() { while (true) {} } };"), [Slow]),
        ["getter that throws"] = (In("return { get headers() { throw new Error('no'); } };"), [Error]),
        ["proxy as result"] = (In("return new Proxy({}, { get(t, k, r) { return r[k]; } });"), [Error]),
        ["proxy with endless keys"] = (In("return { headers: new Proxy({}, { ownKeys() { while (true) {} } }) };"), [Slow]),
        ["toJSON"] = (In("return { payload: { toJSON() { while (true) {} } } };"), [Slow]),
        ["toJSON of all objects"] = (In("Object.prototype.toJSON = () => 'url'; return webhook;"), [Invalid]),
        ["result in a circle"] = (In("webhook.payload = webhook; return webhook;"), [Error]),
        ["result that is huge"] = (In("webhook.body = 'a'.repeat(1024 * 1024); return webhook;"), [Invalid]),
        ["result with huge headers"] = (In("for (let i = 0; i < 2000; i++) webhook.headers['h' + i] = 'a'.repeat(1000); return webhook;"), [Invalid]),
        ["thrown text"] = (In("throw 'no';"), [Error]),
        ["thrown getter"] = (In("throw { get message() { while (true) {} } };"), [Error, Slow]),
        ["thrown proxy"] = (In("throw new Proxy({}, { get(t, k, r) { return r[k]; } });"), [Error]),
        ["thrown text that is huge"] = (In("throw new Error('a'.repeat(100000) + '\\r\\n');"), [Error]),
    };

    private static string In(string body) => $"function transform(webhook) {{ {body} }}";
}
