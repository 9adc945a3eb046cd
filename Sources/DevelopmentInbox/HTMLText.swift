/// HTML in which everything but its literals is escaped: an interpolated string always is, unless it is
/// ``HTMLText`` itself.
struct HTMLText: ExpressibleByStringInterpolation, Sendable {
    private(set) var markup: String

    init(stringLiteral value: String) {
        markup = value
    }

    init(stringInterpolation: StringInterpolation) {
        markup = stringInterpolation.markup
    }

    static func joined(_ parts: some Sequence<HTMLText>) -> HTMLText {
        var all: HTMLText = ""
        for part in parts { all.markup += part.markup }
        return all
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + interpolationCount * 32)
        }

        mutating func appendLiteral(_ literal: String) {
            markup += literal
        }

        mutating func appendInterpolation(_ text: String) {
            for scalar in text.unicodeScalars {
                switch scalar {
                case "&": markup += "&amp;"
                case "<": markup += "&lt;"
                case ">": markup += "&gt;"
                case "\"": markup += "&quot;"
                case "'": markup += "&#39;"
                // Control characters have no place in HTML; a reader sees that something was there.
                case _ where scalar.value < 0x20 && scalar != "\n" && scalar != "\t" && scalar != "\r":
                    markup += "\u{fffd}"
                default: markup.unicodeScalars.append(scalar)
                }
            }
        }

        mutating func appendInterpolation(_ number: Int) {
            markup += String(number)
        }

        mutating func appendInterpolation(_ html: HTMLText) {
            markup += html.markup
        }
    }
}
