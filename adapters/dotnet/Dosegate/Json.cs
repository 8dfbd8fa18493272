using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Dosegate
{
    /// <summary>Reads the manifest: RFC 8259, strict, at most 16 levels. Objects are dictionaries, arrays lists, numbers
    /// doubles. Raises FormatException with the place.</summary>
    internal sealed class Json
    {
        private const int MostDepth = 16;
        private readonly string text;
        private int at;

        private Json(string text)
        {
            this.text = text;
        }

        internal static object Read(string text)
        {
            var reader = new Json(text);
            var value = reader.Value(1);
            reader.Space();
            if (reader.at != text.Length) throw reader.Fail("unexpected text after the end");
            return value;
        }

        private FormatException Fail(string what)
        {
            return new FormatException(what + " at character " + at.ToString(CultureInfo.InvariantCulture));
        }

        private void Space()
        {
            while (at < text.Length && " \t\r\n".IndexOf(text[at]) >= 0) ++at;
        }

        private bool Accept(char c)
        {
            Space();
            if (at >= text.Length || text[at] != c) return false;
            ++at;
            return true;
        }

        private void Expect(char c)
        {
            if (!Accept(c)) throw Fail("'" + c + "' is expected");
        }

        private object Value(int depth)
        {
            if (depth > MostDepth) throw Fail("nested deeper than 16 levels");
            Space();
            if (at >= text.Length) throw Fail("the text ends where a value is expected");
            switch (text[at])
            {
                case '{':
                    return Object(depth);
                case '[':
                    return List(depth);
                case '"':
                    return Text();
            }
            foreach (var word in new[] { "true", "false", "null" })
            {
                if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0) continue;
                at += word.Length;
                return word == "null" ? null : (object)(word == "true");
            }
            return Number();
        }

        private Dictionary<string, object> Object(int depth)
        {
            var found = new Dictionary<string, object>(StringComparer.Ordinal);
            Expect('{');
            if (Accept('}')) return found;
            do
            {
                Space();
                var name = Text();
                if (found.ContainsKey(name)) throw Fail("the member \"" + name + "\" stands there twice");
                Expect(':');
                found[name] = Value(depth + 1);
            } while (Accept(','));
            Expect('}');
            return found;
        }

        private List<object> List(int depth)
        {
            var found = new List<object>();
            Expect('[');
            if (Accept(']')) return found;
            do
            {
                found.Add(Value(depth + 1));
            } while (Accept(','));
            Expect(']');
            return found;
        }

        private double Number()
        {
            var start = at;
            while (at < text.Length && "+-.eE0123456789".IndexOf(text[at]) >= 0) ++at;
            double value;
            if (!double.TryParse(text.Substring(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out value))
            {
                at = start;
                throw Fail("a value is expected");
            }
            return value;
        }

        private string Text()
        {
            if (at >= text.Length || text[at] != '"') throw Fail("a text in double quotes is expected");
            ++at;
            var found = new StringBuilder();
            for (;;)
            {
                if (at >= text.Length) throw Fail("a text is not closed");
                var c = text[at++];
                if (c == '"') return found.ToString();
                if (c < ' ') throw Fail("a control character in a text");
                found.Append(c == '\\' ? Escaped() : c);
            }
        }

        private char Escaped()
        {
            if (at >= text.Length) throw Fail("a text is not closed");
            var c = text[at++];
            var n = "\"\\/bfnrt".IndexOf(c);
            if (n >= 0) return "\"\\/\b\f\n\r\t"[n];
            ushort code;
            if (c != 'u' || at + 4 > text.Length ||
                !ushort.TryParse(text.Substring(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code))
            {
                throw Fail("an unknown escape");
            }
            at += 4;
            return (char)code;
        }
    }
}
