package import Bulletin
package import Foundation
internal import Journal

extension StateFolder {
    /// When a mailing's ledger was last written to; nil if there is none.
    package func lastDelivery(_ mailing: Mailing) throws -> Date? {
        try disk.status(at: path + "/deliveries/\(mailing).jsonl")
            .map { Date(timeIntervalSince1970: TimeInterval($0.modified) / 1e9) }
    }
}
