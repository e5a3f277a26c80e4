"""include/uapi/linux/if_ether.h: ethertypes by the kernel's names."""

ETH_P_IP = 0x0800
ETH_P_ARP = 0x0806
ETH_P_8021Q = 0x8100
ETH_P_8021AD = 0x88A8
ETH_P_IPV6 = 0x86DD
ETH_P_TEB = 0x6558
ETH_P_TSN = 0x22F0
ETH_P_1588 = 0x88F7
ETH_P_ALL = 0x0003
ETH_P_802_3 = 0x0001
ETH_P_802_2 = 0x0004
ETH_P_802_3_MIN = 0x0600
