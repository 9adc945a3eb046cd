package import Bulletin
import Foundation
import Journal

extension Subscriber {
    /// All that the subscriber list has of this person, as JSON that people can read.
    package var record: String {
        var line = JSONLine()
        SubscriberLine.write(self, to: &line)
        // Our own lines are JSON; the line itself would do.
        guard let value = try? JSONSerialization.jsonObject(with: Data(line.bytes)),
            let text = try? JSONSerialization.data(
                withJSONObject: value, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        else { return String(decoding: line.bytes, as: UTF8.self) }
        return String(decoding: text, as: UTF8.self) + "\n"
    }
}
