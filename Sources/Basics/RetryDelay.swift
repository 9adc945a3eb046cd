/// How long to wait before something that failed is tried again: `first`, then twice as long each time, up to `most`.
package struct RetryDelay: Hashable, Sendable {
    package var first: Duration
    package var most: Duration

    package init(first: Duration, most: Duration) { (self.first, self.most) = (first, most) }

    /// After so many failures in a row, from 1 on.
    package func after(_ failures: Int) -> Duration { min(most, first * (1 << min(max(failures - 1, 0), 30))) }
}
