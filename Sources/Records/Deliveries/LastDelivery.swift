package import Bulletin
package import Foundation
internal import Journal

extension StateFolder {
    /// When something was last written into the ledger of a dispatch; nil where there is none.
    package func lastDelivery(_ mailing: Mailing) throws -> Date? {
        try disk.status(at: path + "/deliveries/\(mailing).jsonl")
            .map { Date(timeIntervalSince1970: TimeInterval($0.modified) / 1e9) }
    }
}
