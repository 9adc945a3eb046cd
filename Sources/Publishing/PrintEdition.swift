package import Bulletin
import Composition
import Foundation
import Records
import Settings

/// Issue → editions on disk. Printed when it closes, and again whenever what it holds has changed, until the first
/// message is handed to the relay.
package struct PrintEdition: Sendable {
    private let office: Office

    package init(_ office: Office) { self.office = office }

    /// Writes the issue and its editions; the same issue gives the same bytes.
    @discardableResult
    package func print(_ issue: Issue) throws -> Editions {
        let editions = try office.press().print(issue, zone: office.zone)
        let shelf = office.folder.issues
        // The issue last: after a crash in between it differs from what it should be, and is printed again.
        try shelf.save(editions, of: issue.number)
        try shelf.save(issue)
        _ = try shelf.keepPictures(
            issue.items.compactMap(\.picture?.file), from: office.folder.pictures, of: issue.number)
        return editions
    }
}
