/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)
--
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES utf8mb4 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
CREATE DATABASE /*!32312 IF NOT EXISTS*/ `d ;b` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;

USE `d ;b`;
DROP TABLE IF EXISTS `Müller T`;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `Müller T` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `B c` varchar(40) DEFAULT 'a;\'' COMMENT '-- /* ',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4;
LOCK TABLES `Müller T` WRITE;
/*!40000 ALTER TABLE `Müller T` DISABLE KEYS */;
INSERT INTO `Müller T` VALUES
(1,'one\ttab'),
(2,NULL),
(3,'),(4,\'INSERT INTO `x` VALUES (1);'),
(5,'\\'),
(6,'it''s\0\Z\%'),
(-7,'é;--#/*');
/*!40000 ALTER TABLE `Müller T` ENABLE KEYS */;
UNLOCK TABLES;
INSERT  IGNORE INTO `c` (`x`, `it's`, `z`) VALUES (1,0x41FF,_binary 'a\0\''),(2.5e-3,b'101',''),(-0.5,X'00',"d""q'");
REPLACE INTO `d`.`e` VALUES (1);
REPLACE INTO `d`.`e` VALUES (2);
REPLACE INTO `f` VALUES (DEFAULT);
INSERT INTO `none` () VALUES (),();
/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;
/*!50003 SET sql_mode              = 'STRICT_TRANS_TABLES' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `t` BEFORE INSERT ON `c` FOR EACH ROW BEGIN
  INSERT INTO x VALUES (1); -- ;;
  SET NEW.x = ';;';
END */;;
DELIMITER ;
/*!50003 SET sql_mode              = @saved_sql_mode */ ;
/*!50001 DROP VIEW IF EXISTS `v`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `v` AS select 1 AS `a` */;
DO SETVAL(`s q`, 42, 0);
# comment ; '
/* another ; ` */
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;

-- Dump completed on 2026-11-22 18:57:27
