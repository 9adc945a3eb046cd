package import Basics
package import Foundation

/// Lines of iCalendar as they travel (RFC 5545 section 3.1): ending in CRLF, folded after 75 octets at most between
/// characters, with nothing in a value that could end its line.
package struct CalendarLines {
    package init() {}

    package private(set) var text = ""

    static let mostOctets = 75

    /// `NAME;PARAMETER=value:value`, whose parts are of the caller's own making.
    package mutating func put(_ name: String, _ value: String) {
        var length = 0
        for scalar in "\(name):\(value)".unicodeScalars {
            // A line may be of 75 octets, the space that goes on with a folded one included.
            let size = UTF8.width(scalar)
            if length + size > Self.mostOctets {
                text += "\r\n "
                length = 1
            }
            text.unicodeScalars.append(scalar)
            length += size
        }
        text += "\r\n"
    }

    /// Text from people (RFC 5545 section 3.3.11); nothing where there is none.
    package mutating func put(_ name: String, text: String?) {
        guard let text, !text.isEmpty else { return }
        put(name, Self.escaped(text))
    }

    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in CleanText.block(text).unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += " "
            case "\\", ";", ",": result += "\\\(scalar)"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A parameter's value in quotation marks, which it may not hold itself (RFC 5545 section 3.2).
    package static func quoted(_ text: String) -> String {
        "\"" + CleanText.line(text).replacing("\"", with: "'") + "\""
    }

    /// `20270304`
    package static func day(_ date: LocalDate) -> String { date.description.filter { $0 != "-" } }

    /// `20270304T133000`
    package static func moment(_ local: LocalDateTime) -> String {
        let time = local.time.description.filter { $0 != ":" }
        return "\(day(local.date))T\(time)" + (local.time.second == 0 ? "00" : "")
    }

    /// `20270304T133000Z`
    package static func instant(_ date: Date) -> String { moment(LocalDateTime(date, in: .gmt)) + "Z" }
}
