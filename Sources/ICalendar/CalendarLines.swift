package import Basics
package import Foundation

/// Writes the lines of a calendar (RFC 5545 section 3.1): each ends in CRLF and is folded between characters after at
/// most 75 octets.
package struct CalendarLines {
    package init() {}

    package private(set) var text = ""

    /// `NAME;PARAMETER=value:value`, escaped already.
    package mutating func put(_ name: String, _ value: String) {
        var length = 0
        for scalar in "\(name):\(value)".unicodeScalars {
            // A line may be of 75 octets, the space that goes on with a folded one included.
            let size = UTF8.width(scalar)
            if length + size > CalendarLimits.longestLine {
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
        put(name, CalendarText.escaped(text))
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
