#: task spare
ip netns exec host nft delete table netdev limits
