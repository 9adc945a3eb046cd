package import Foundation

extension TimeZone {
    /// Whether `name` is a zone of the IANA database (`Europe/London`), or UTC: not an abbreviation, not an offset.
    package static func isKnown(_ name: String) -> Bool {
        guard name == "UTC" || name == "GMT" || name.contains("/") else { return false }
        return TimeZone(identifier: name) != nil
    }
}
