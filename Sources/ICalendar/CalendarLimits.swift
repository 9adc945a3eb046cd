/// The bounds within which calendars are read and written.
package enum CalendarLimits {
    /// Octets of a line as it is written (RFC 5545 section 3.1).
    static let longestLine = 75
    /// Bytes of a property as it is read: far more than a description has. Pictures attached inside a calendar are
    /// longer, and of no use here.
    static let longestProperty = 65_536
    /// Bytes of a UID; Outlook's have some 120.
    static let longestUID = 500
    /// Events of a file: thirty years of one a day.
    static let mostEvents = 10_000
    static let mostZones = 500
    static let deepest = 8
    /// Properties of one component, or parts of it: each date that a series leaves out is one.
    static let mostProperties = 2000
    /// Zones that are looked up by what their clocks do. A calendar names a few zones; no program exports one with
    /// more.
    static let mostMatchedZones = 50
    /// Days of a zone's rule that are looked at: four hundred years of a rule that comes once a year.
    static let mostZoneEffort = 100_000
}
